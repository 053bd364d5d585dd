"""Lists of refused logins: the answer to "why can't I get on?"."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from captive_portal.staff.paging import Page, PageKey
from captive_portal.staff.scope import Scope
from captive_portal.staff.sentences import NO_REFUSALS
from hotspots.lookup import of_each
from hotspots.models import AccessPoint, LoginDecision

PAGE_ROWS: Final = 50
LOOK_BACK: Final = timedelta(days=30)
"""How far the list without a device goes back, so that a place without refusals costs no walk through all."""

_Statement = TypeVar("_Statement", bound=Select[*tuple[Any, ...]])


def refusals(
    db: OrmSession, scope: Scope, device: str | None, after: PageKey | None, now: datetime
) -> Page[LoginDecision]:
    """A page of the visible refusals, newest first; with a device, all that is known of it.

    Who asked at an access point that we do not know is seen by those who see everything.
    """
    statement = (
        select(LoginDecision)
        .options(joinedload(LoginDecision.access_point).joinedload(AccessPoint.hotspot))
        .order_by(LoginDecision.at.desc(), LoginDecision.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    if scope.is_everything:
        statement = _narrow(statement, device, after, now)
    elif device is not None:
        ids = scope.access_point_ids(db)
        statement = _narrow(statement, device, after, now).where(LoginDecision.access_point_id.in_(ids))
    else:
        ids = scope.access_point_ids(db)
        branches = [_newest_at(access_point_id, device, after, now) for access_point_id in ids]
        statement = statement.where(LoginDecision.id.in_(of_each(branches) if branches else []))
    rows = db.scalars(statement).all()
    return Page.of(rows, PAGE_ROWS, lambda row: PageKey(row.at, row.id))


def _newest_at(access_point_id: int, device: str | None, after: PageKey | None, now: datetime) -> Select[int]:
    statement = select(LoginDecision.id).where(LoginDecision.access_point_id == access_point_id)
    newest_first = (LoginDecision.at.desc(), LoginDecision.id.desc())
    return _narrow(statement, device, after, now).order_by(*newest_first).limit(PAGE_ROWS + 1)


def _narrow(statement: _Statement, device: str | None, after: PageKey | None, now: datetime) -> _Statement:
    statement = statement.where(LoginDecision.reason.is_not(None))
    if device is not None:
        statement = statement.where(LoginDecision.device == device)
    else:
        statement = statement.where(LoginDecision.at >= now - LOOK_BACK, LoginDecision.reason.not_in(NO_REFUSALS))
    return statement if after is None else statement.where(after.older(LoginDecision.at, LoginDecision.id))
