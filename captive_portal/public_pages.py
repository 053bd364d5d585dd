"""What an authority has on its pages alone: colour, coat of arms, words of welcome, accessibility declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flask import Flask, g

from captive_portal.known_places import PublicPage
from captive_portal.languages import DEFAULT, language
from captive_portal.services import places, services
from hotspots.inventory.public_page import NoticeEntry, PageEntry
from hotspots.sessions.usage_window import WARSAW

NONE: Final = PublicPage(PageEntry(), None)
"""Of pages that are nobody's in particular."""


def install(app: Flask) -> None:
    """Let the templates say words of an authority in the reader's language, and its notices."""
    app.jinja_env.globals.update(in_language=in_language, notices_of=notices_of)


def of(slug: str) -> PublicPage:
    """The page of the authority with this slug; one that says nothing where there is none."""
    previewed: dict[str, PublicPage] = g.get("previewed", {})
    return previewed.get(slug) or places().page_of(slug) or NONE


def notices_of(slug: str) -> list[NoticeEntry]:
    """What the authority with this slug tells residents today."""
    today = services().clock().astimezone(WARSAW).date()
    return [notice for notice in of(slug).entry.notices or () if notice.is_told_on(today)]


def tell(slug: str, notices: list[NoticeEntry]) -> None:
    """Let the pages of this request tell these notices of an authority instead of its own, for a preview."""
    page = of(slug)
    g.setdefault("previewed", {})[slug] = replace(page, entry=page.entry.model_copy(update={"notices": notices}))


def in_language(words: Mapping[str, str]) -> tuple[str, str]:
    """The words and the language that they are in: the reader's, or else Polish."""
    wanted = language()
    return (words[wanted], wanted) if wanted in words else (words[DEFAULT], DEFAULT)
