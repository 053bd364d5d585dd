"""Records as workers hand them over, and what the database makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from hotspots.database import Database
from hotspots.logins.login_records import LoginRecord
from hotspots.models import LoginDecision, Session, UsageHour
from hotspots.recorder.messages import Batch, encode
from hotspots.sessions.accounting import Report, Status
from tests.hotspots.places import NOW

ACCESS_POINT, NOBODY = 1, 999


def report(number: int, access_point: int = ACCESS_POINT) -> Report:
    """What one device says after a minute; the octets tell it from all others."""
    return Report(
        Status.INTERIM,
        access_point,
        NOW + timedelta(seconds=60),
        acct_session_id=f"session {number}",
        device="02:00:00:00:00:01",
        session_seconds=60,
        octets_up=number,
    )


def login(access_point: int = ACCESS_POINT) -> LoginRecord:
    return LoginRecord(NOW, access_point, "02:00:00:00:00:01", "voucher", None, None, None, "[]")


def message(number: int) -> bytes:
    """One report and one login: applied twice, the login would stand in the log twice."""
    return encode(Batch(number, [report(number)], [login()]))


@dataclass(frozen=True)
class Written:
    """What the database holds: the octets of each session, the sum of all hours, and how many logins."""

    octets: dict[str, int]
    hours: int
    logins: int


def written(database: Database) -> Written:
    with database.read() as db:
        octets = {row.acct_session_id: row.octets_up for row in db.scalars(select(Session))}
        hours = db.scalar(select(func.sum(UsageHour.octets_up)))
        return Written(octets, int(hours or 0), db.scalar(select(func.count(LoginDecision.id))) or 0)


def once(numbers: range) -> Written:
    """What is to be written where each of these was applied once."""
    return Written({f"session {number}": number for number in numbers}, sum(numbers), len(numbers))
