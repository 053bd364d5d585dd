"""Faults that residents report: a number for each, an answer of the staff, and the moment when it is mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import SecretStr
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import contains_eager

from hotspots import audit
from hotspots.database import Database
from hotspots.models import FaultReport, Hotspot
from hotspots.vouchers import new_code

WORDS_CHARACTERS: Final = 200
"""How much a resident may write."""

ANSWER_CHARACTERS: Final = 500
"""How much staff may answer."""

_MOST_OF_A_HOTSPOT_AN_HOUR: Final = 30


class Trouble(StrEnum):
    """What a resident says is wrong, in the order of the page."""

    SLOW = "slow"
    NO_CONNECTION = "no_connection"
    PAGE = "page"
    OTHER = "other"


def report(database: Database, hotspot_id: int, trouble: Trouble, words: str, now: datetime) -> str | None:
    """The number of a new report, random as that of a voucher; None where this hotspot had enough of them.

    ``words`` of nothing are not kept.
    """
    of_this_hour = select(func.count()).where(
        FaultReport.hotspot_id == hotspot_id, FaultReport.reported_at > now - timedelta(hours=1)
    )
    with database.write() as db:
        if (db.scalar(of_this_hour) or 0) >= _MOST_OF_A_HOTSPOT_AN_HOUR:
            return None
        made = FaultReport(
            number=new_code(),
            hotspot_id=hotspot_id,
            trouble=trouble.value,
            sealed_words=database.vault.seal(SecretStr(words)) if words else None,
            reported_at=now,
        )
        db.add(made)
        return made.number


def find(database: Database, number: str) -> FaultReport | None:
    """The report with this number, with its hotspot; None where there is none, or none any more."""
    with database.read() as db:
        return db.scalars(_with_hotspots().where(FaultReport.number == number)).one_or_none()


def answer(
    db: OrmSession, found: FaultReport, words: str, *, closes: bool, answered_by: str, now: datetime
) -> bool:
    """Write down what staff say, and that it is mended where ``closes``; False where it has been closed already.

    Without ``words`` an earlier answer stays.
    """
    if found.closed_at is not None:
        return False
    if words:
        found.answer = words
    found.answered_at, found.answered_by = now, answered_by
    if closes:
        found.closed_at = now
    action = "fault.close" if closes else "fault.answer"
    # Not the number itself: whoever has it reads the report.
    audit.append(db, actor=answered_by, action=action, subject=f"hotspot {found.hotspot.slug}", now=now)
    return True


def open_ones() -> Select[FaultReport]:
    """A statement for the open reports with their hotspots, oldest first."""
    still_open = _with_hotspots().where(FaultReport.closed_at.is_(None))
    return still_open.order_by(FaultReport.reported_at)


def closed_ones() -> Select[FaultReport]:
    """A statement for the closed reports with their hotspots, newest first."""
    closed = _with_hotspots().where(FaultReport.closed_at.is_not(None))
    return closed.order_by(FaultReport.closed_at.desc())


def _with_hotspots() -> Select[FaultReport]:
    loaded = contains_eager(FaultReport.hotspot).joinedload(Hotspot.authority)
    return select(FaultReport).join(FaultReport.hotspot).options(loaded)
