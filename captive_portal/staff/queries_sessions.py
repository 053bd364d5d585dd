"""Lists of sessions, a page at a time by key: the thousandth page costs what the first one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from captive_portal.staff.paging import Moment, Page, PageKey
from captive_portal.staff.scope import Scope
from hotspots.lookup import of_each
from hotspots.models import NAMES_SOMEBODY, AccessPoint, Hotspot, Session, SessionCommand
from hotspots.sessions import disconnects

PAGE_ROWS: Final = 50
LOOK_BACK: Final = timedelta(days=92)
"""How far the list of ended sessions goes back where no device is asked for. On PostgreSQL only the months that this
reaches into are looked at. The list of one place ends where its sessions are erased, if that comes first."""

_Statement = TypeVar("_Statement", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True)
class Filter:
    """Which sessions: open ones or ended ones as of ``now``, of one hotspot, of one device (normalised MAC)."""

    active: bool
    now: datetime
    hotspot: Hotspot | None = None
    device: str | None = None

    def moment(self) -> Moment:
        """What they are ordered by, newest first: open ones by their start, ended ones by their end."""
        return Session.started_at if self.active else Session.stopped_at

    def key(self, session: Session) -> PageKey:
        """Where a page that ends with this session ends."""
        return PageKey(session.started_at if self.active else session.stopped_at or session.started_at, session.id)


def sessions(db: OrmSession, scope: Scope, wanted: Filter, after: PageKey | None) -> Page[Session]:
    """A page of the visible sessions that are wanted, newest first."""
    statement = (
        select(Session)
        .options(joinedload(Session.access_point).joinedload(AccessPoint.hotspot))
        .order_by(wanted.moment().desc(), Session.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    if scope.is_everything and wanted.hotspot is None:
        statement = _narrow(statement, wanted, after)
    elif wanted.device is not None:
        access_point_ids = scope.access_point_ids(db, wanted.hotspot)
        statement = _narrow(statement, wanted, after).where(Session.access_point_id.in_(access_point_ids))
    else:
        access_point_ids = scope.access_point_ids(db, wanted.hotspot)
        branches = [_newest_at(access_point_id, wanted, after) for access_point_id in access_point_ids]
        statement = statement.where(Session.id.in_(of_each(branches) if branches else []), *_months(wanted))
    return Page.of(db.scalars(statement).all(), PAGE_ROWS, wanted.key)


def commands(db: OrmSession, shown: Sequence[Session]) -> dict[int, SessionCommand]:
    """The newest Disconnect of each of these sessions that had one."""
    statement = (
        select(SessionCommand)
        .where(
            SessionCommand.session_id.in_([session.id for session in shown]),
            SessionCommand.kind == disconnects.DISCONNECT,
        )
        .order_by(SessionCommand.id)
    )
    return {command.session_id: command for command in db.scalars(statement)}


def _newest_at(access_point_id: int, wanted: Filter, after: PageKey | None) -> Select[int]:
    statement = select(Session.id).where(Session.access_point_id == access_point_id)
    newest_first = (wanted.moment().desc(), Session.id.desc())
    if not wanted.active and wanted.device is None:
        # In the words of the index that has each access point's own: whoever lists all places walks another one.
        statement = statement.where(NAMES_SOMEBODY)
    return _narrow(statement, wanted, after).order_by(*newest_first).limit(PAGE_ROWS + 1)


def _narrow(statement: _Statement, wanted: Filter, after: PageKey | None) -> _Statement:
    is_open = Session.stopped_at.is_(None)
    statement = statement.where(is_open if wanted.active else ~is_open)
    if wanted.device is not None:
        statement = statement.where(Session.device == wanted.device)
    elif not wanted.active:
        statement = statement.where(*_months(wanted))
    return statement if after is None else statement.where(after.older(wanted.moment(), Session.id))


def _months(wanted: Filter) -> list[ColumnElement[bool]]:
    """What tells PostgreSQL in which months to look, said again wherever sessions are asked for."""
    if wanted.active or wanted.device is not None:
        return []
    return [Session.started_at >= wanted.now - LOOK_BACK]
