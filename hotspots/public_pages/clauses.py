"""The privacy clause of an authority: made from what really happens to residents' data, and kept by version.

Nobody writes a clause. What it says are facts of the inventory: who is the controller, what was decided on retention
and in which document, how long devices are remembered, which ways in ask for what. When a fact changes, the next one
who reads or accepts the clause gets a new version; a grant keeps the number of the version that was accepted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as OrmSession

from hotspots.database import Database
from hotspots.inventory.public_page import PageEntry
from hotspots.models import AccessPoint, Authority, Clause, Hotspot, ServicePlan

WORDING: Final = 2
"""Which text of ``privacy.*.html`` says the facts; to be raised with each change of its meaning."""
_BEFORE_THERE_WERE_ANY: Final = 1
_DAY_SECONDS: Final = 24 * 3600
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a clause says. ``terms`` and ``wording`` number the texts beside it; ``ways`` are those in use."""

    terms: int
    wording: int
    name: str
    email: str | None
    phone: str | None
    website: str | None
    data_protection: str | None
    retention_mode: str
    retention_days: int
    retention_decision: str | None
    remember_days: int
    ways: list[str]
    wifi4eu: bool


@dataclass(frozen=True, slots=True)
class Published:
    """One version: its number, since when it was in force, and what it says."""

    number: int
    since: datetime
    facts: Facts


def accepted(database: Database, access_point_id: int, terms: int, now: datetime) -> int:
    """The number of the clause that somebody accepts who goes online here now, with these terms of use."""
    with database.read() as db:
        authority_id = db.scalars(
            select(Hotspot.authority_id).join(Hotspot.access_points).where(AccessPoint.id == access_point_id)
        ).one()
    return in_force(database, authority_id, terms, now).number


def in_force(database: Database, authority_id: int, terms: int, now: datetime) -> Published:
    """The clause of an authority as it is now; a new version where a fact has changed since the last one."""
    for attempt in range(_ATTEMPTS):
        with database.read() as db:
            facts, newest = _facts(db, authority_id, terms), _newest(db, authority_id)
        if newest is not None and newest.facts == facts:
            return newest
        try:
            return _publish(database, authority_id, facts, now)
        except IntegrityError:
            # Somebody else took the number in the same moment.
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def of_number(db: OrmSession, authority_id: int, number: int) -> Published | None:
    """A version that was in force once."""
    row = db.get(Clause, number)
    return None if row is None or row.authority_id != authority_id else _published(row)


def _publish(database: Database, authority_id: int, facts: Facts, now: datetime) -> Published:
    with database.write() as db:
        newest = _newest(db, authority_id)
        if newest is not None and newest.facts == facts:
            return newest
        number = (db.scalar(select(func.max(Clause.number))) or _BEFORE_THERE_WERE_ANY) + 1
        db.add(Clause(number=number, authority_id=authority_id, since=now, facts=asdict(facts)))
    return Published(number, now, facts)


def _newest(db: OrmSession, authority_id: int) -> Published | None:
    statement = select(Clause).where(Clause.authority_id == authority_id).order_by(Clause.number.desc()).limit(1)
    row = db.scalar(statement)
    return None if row is None else _published(row)


def _published(row: Clause) -> Published:
    known: dict[str, Any] = {name: row.facts.get(name) for name in Facts.__dataclass_fields__}
    return Published(row.number, row.since, Facts(**known))


def _facts(db: OrmSession, authority_id: int, terms: int) -> Facts:
    authority = db.get_one(Authority, authority_id)
    hotspots = db.execute(
        select(Hotspot.ways_in, Hotspot.wifi4eu_network, ServicePlan.remember_seconds)
        .join(Hotspot.plan)
        .where(Hotspot.authority_id == authority_id)
    ).all()
    return Facts(
        terms=terms,
        wording=WORDING,
        name=authority.name,
        email=authority.email,
        phone=authority.phone,
        website=authority.website,
        data_protection=PageEntry.of(authority.page).data_protection,
        retention_mode=authority.retention_mode,
        retention_days=authority.retention_days,
        retention_decision=authority.retention_decision,
        remember_days=-(-max((row.remember_seconds or 0 for row in hotspots), default=0) // _DAY_SECONDS),
        ways=sorted({way for row in hotspots for way in row.ways_in}),
        wifi4eu=any(row.wifi4eu_network is not None for row in hotspots),
    )
