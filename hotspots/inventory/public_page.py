"""What an authority says on its own pages, and in which colour: a part of the inventory."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import to_json

from hotspots.inventory.fields import Text
from hotspots.public_pages import look

Language = Literal["pl", "en", "uk", "de"]
MOST_NOTICES: Final = 10
"""An authority's notices, those that are over among them: the login page is a short one."""


def _has_polish(value: dict[Language, str]) -> dict[Language, str]:
    if "pl" not in value:
        raise ValueError("needs pl: what is not translated is shown in Polish")
    return value


def _readable(value: str) -> str:
    wrong = look.fault(value)
    if wrong is not None:
        raise ValueError(f"{value!r} {wrong}")
    return value


def leads_somewhere(value: str) -> bool:
    """Whether this is the address of a page: over https, on a server that it names, and nothing before that name."""
    try:
        parts = urlsplit(value)
        port_is_one = parts.port != 0
    except ValueError:
        return False
    # Browsers take a backslash for a slash, so that another server would be named.
    clean = not any(each.isspace() or each == "\\" for each in value)
    return clean and port_is_one and parts.scheme == "https" and bool(parts.hostname) and parts.username is None


def _leads_somewhere(value: str) -> str:
    if not leads_somewhere(value):
        raise ValueError(f"{value!r} is not the address of a page: https://, then the name of its server")
    return value


Words = Annotated[dict[Language, Text], AfterValidator(_has_polish)]
Colour = Annotated[str, AfterValidator(_readable)]
Link = Annotated[Text, AfterValidator(_leads_somewhere)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AccessibilityEntry(_Part):
    """What the accessibility declaration has to say (act of 4 April 2019, Dz.U. 2023 poz. 1440, article 10).

    ``published`` and ``updated`` are of the site, ``prepared`` and ``reviewed`` of the declaration. ``exceptions``
    say what is not accessible and why; ``excessive_cost`` is the address of the analysis where that is the reason.
    ``architecture`` describes the way into the office, ``communication`` how people with special needs are served.
    """

    published: datetime.date
    updated: datetime.date
    prepared: datetime.date
    reviewed: datetime.date | None = None
    status: Literal["full", "partial", "none"]
    exceptions: Words | None = None
    excessive_cost: Text | None = None
    assessed_by: Text | None = None
    person: Text
    email: Text
    phone: Text
    architecture: Words
    architecture_url: Text | None = None
    communication: Words

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.status != "full" and self.exceptions is None:
            raise ValueError(f"status {self.status} needs exceptions: what is not accessible, and why")
        if self.status == "full" and (self.exceptions is not None or self.excessive_cost is not None):
            raise ValueError("status full has no exceptions")
        if self.updated < self.published or (self.reviewed is not None and self.reviewed < self.prepared):
            raise ValueError("updated is not before published, and reviewed not before prepared")
        return self


class NoticeEntry(_Part):
    """Something that residents are told from the day ``since`` to the end of the day ``until``, days of Warsaw.

    Left out, it is told from now on, and for good. ``link`` leads on, such as to the e-services of the authority.
    """

    text: Words
    since: datetime.date | None = None
    until: datetime.date | None = None
    link: Link | None = None

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if self.since is not None and self.until is not None and self.until < self.since:
            raise ValueError("until is before since, so nobody would ever see it")
        return self

    def is_told_on(self, day: datetime.date) -> bool:
        """Whether this is one of its days."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class PageEntry(_Part):
    """The pages of one authority. What is left out is as it is for all.

    ``data_protection`` is how to reach the data protection officer. ``welcome`` stands on the login page, ``notices``
    there and on the status page.
    """

    colour: Colour | None = None
    welcome: Words | None = None
    notices: Annotated[list[NoticeEntry], Field(min_length=1, max_length=MOST_NOTICES)] | None = None
    data_protection: Text | None = None
    accessibility: AccessibilityEntry | None = None

    def stored(self) -> dict[str, Any]:
        """As the database keeps it: plain JSON values, without what is left out."""
        return self.model_dump(mode="json", exclude_none=True)

    @classmethod
    def of(cls, stored: dict[str, Any] | None) -> PageEntry:
        """What the database keeps; a page that says nothing where it keeps none."""
        return cls.model_validate_json(to_json(stored or {}))
