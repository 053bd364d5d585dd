"""What an authority has on its pages alone: colour, coat of arms, words of welcome, accessibility declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from flask import Flask, g
from sqlalchemy import select

from captive_portal.languages import DEFAULT, language
from captive_portal.services import services
from hotspots.inventory.public_page import NoticeEntry, PageEntry
from hotspots.models import Authority, CoatOfArms
from hotspots.usage_window import WARSAW


@dataclass(frozen=True, slots=True)
class PublicPage:
    """The page of an authority, and its coat of arms as a PNG where it has one."""

    entry: PageEntry
    arms: bytes | None


NONE: Final = PublicPage(PageEntry(), None)
"""Of pages that are nobody's in particular."""


def install(app: Flask) -> None:
    """Let the templates say words of an authority in the reader's language, and its notices."""
    app.jinja_env.globals.update(in_language=in_language, notices_of=notices_of)


def of(slug: str) -> PublicPage:
    """The page of the authority with this slug; one that says nothing where there is none."""
    known: dict[str, PublicPage] = g.setdefault("public_pages", {})
    if slug not in known:
        known[slug] = _find(slug)
    return known[slug]


def notices_of(slug: str) -> list[NoticeEntry]:
    """What the authority with this slug tells residents today."""
    today = services().clock().astimezone(WARSAW).date()
    return [notice for notice in of(slug).entry.notices or () if notice.is_told_on(today)]


def tell(slug: str, notices: list[NoticeEntry]) -> None:
    """Let the pages of this request tell these notices of an authority instead of its own, for a preview."""
    page = of(slug)
    g.public_pages[slug] = replace(page, entry=page.entry.model_copy(update={"notices": notices}))


def _find(slug: str) -> PublicPage:
    statement = (
        select(Authority.page, CoatOfArms.png)
        .outerjoin(CoatOfArms, CoatOfArms.authority_id == Authority.id)
        .where(Authority.slug == slug)
    )
    with services().database.read() as db:
        row = db.execute(statement).one_or_none()
    return NONE if row is None else PublicPage(PageEntry.of(row.page), row.png)


def in_language(words: Mapping[str, str]) -> tuple[str, str]:
    """The words and the language that they are in: the reader's, or else Polish."""
    wanted = language()
    return (words[wanted], wanted) if wanted in words else (words[DEFAULT], DEFAULT)
