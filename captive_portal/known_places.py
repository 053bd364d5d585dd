"""The access points in service and the pages of authorities in memory, so that a page need not ask for them.

They change seldom, and nearly each page wants them. What is announced is looked at each time, which is one small query,
so a change shows on the next page at every node, or within a second where its notice was committed late.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from captive_portal.places import Place, place_of
from hotspots import models
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.inventory.public_page import PageEntry
from hotspots.logins import news
from hotspots.vault import Vault

_TOPICS: Final = {"access_points", "plans", "coats_of_arms"}
"""What is announced when a row changes that a place or a page is made of."""

_LATE_SECONDS: Final = 1.0
"""So seldom is looked for notices that were committed late: after one with a higher number (PostgreSQL)."""

_log = logging.getLogger(__name__)

_NEWEST: Final = text("SELECT max(id) FROM changes")


@dataclass(frozen=True, slots=True)
class PublicPage:
    """The page of an authority, and its coat of arms as a PNG where it has one."""

    entry: PageEntry
    arms: bytes | None


@dataclass(frozen=True, slots=True)
class Places:
    """What was read: places by their NAS-Identifier, pages by the slug of their authority."""

    _places: dict[str, Place]
    _pages: dict[str, PublicPage]

    def find(self, nas_identifier: str | None) -> Place | None:
        """The place with this NAS-Identifier, None where no access point in service has it."""
        return None if nas_identifier is None else self._places.get(nas_identifier)

    def page_of(self, slug: str) -> PublicPage | None:
        """The page of the authority with this slug, None where there is no such authority."""
        return self._pages.get(slug)


@dataclass(frozen=True, slots=True)
class _Copy:
    """What was read, up to which notice it is true, and when that was last looked at."""

    places: Places
    mark: news.Mark
    newest: int | None
    looked_at: float


class KnownPlaces:
    """Keeps a copy; any thread may ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._copy: _Copy | None = None

    def now(self) -> Places:
        """The places as they are."""
        # Of two threads that read at the same time the later may put the older copy here: its mark is older, too,
        # so the next who asks finds what was announced since.
        with self._database.engine.connect() as connection:
            newest = connection.execute(_NEWEST).scalar()
        copy = self._copy
        if copy is None or newest != copy.newest or time.monotonic() - copy.looked_at >= _LATE_SECONDS:
            self._copy = copy = self._renewed(copy, newest)
        return copy.places

    def _renewed(self, copy: _Copy | None, newest: int | None) -> _Copy:
        now = time.monotonic()
        with self._database.read() as db:
            announced, mark = news.notices(db, news.last_mark(db) if copy is None else copy.mark)
            if copy is not None and not _TOPICS & announced.keys():
                return _Copy(copy.places, mark, newest, now)
            return _Copy(_read(db, self._database.vault), mark, newest, now)


def _read(db: OrmSession, vault: Vault) -> Places:
    point = models.AccessPoint
    points = (
        select(point)
        .where(point.removed_at.is_(None))
        .options(
            joinedload(point.hotspot).joinedload(models.Hotspot.authority),
            joinedload(point.hotspot).joinedload(models.Hotspot.plan),
            joinedload(point.hotspot).joinedload(models.Hotspot.grace_plan),
        )
    )
    authority, arms = models.Authority, models.CoatOfArms
    pages = select(authority.slug, authority.page, arms.png).outerjoin(arms, arms.authority_id == authority.id)
    return Places(
        {place.nas_identifier: place for place in _opened(db.scalars(points), vault)},
        {slug: PublicPage(PageEntry.of(page), png) for slug, page, png in db.execute(pages)},
    )


def _opened(rows: Iterable[models.AccessPoint], vault: Vault) -> Iterator[Place]:
    for row in rows:
        try:
            yield place_of(row, vault)
        except HotspotsError:
            # Its visitors are turned away as an unknown access point's; those of the others are not.
            _log.exception("access point %s is left out", row.name)
