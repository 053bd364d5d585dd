"""Why a device got on or did not: its last decisions, each with the session that followed; also of one voucher.

Only refused logins stand in an index by device, because an index over all of them would cost the recorder a fifth of
its time. What let a device in is found by the session that followed it, which names the device, the access point and
the time; where no session followed, by the time alone, a quarter of an hour around the moment that is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import joinedload

from hotspots.lookup import of_each
from hotspots.models import AccessPoint, LoginDecision, Session
from hotspots.policy import SubjectKind

MOST: Final = 20
"""So many decisions, and so many sessions that they are looked for by."""

AROUND: Final = timedelta(minutes=15)
"""So far before and after the moment that is asked for, the whole log is looked through."""

_START_MAY_TAKE: Final = timedelta(minutes=2)
"""A gateway reports the Start seconds after the Accept; with a lost packet or two a little later."""

_CLOCKS: Final = timedelta(seconds=10)
"""So much earlier than it was let in a session may seem to begin: whole seconds, and Acct-Delay-Time."""

_Ids = Select[int]


@dataclass(frozen=True, slots=True)
class Told:
    """A decision, and the session that followed it, where one was reported."""

    decision: LoginDecision
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Explainer:
    """Looks decisions up; ``access_points`` are those that may be seen, None for all.

    ``at`` is the moment that is asked for: what came more than a quarter of an hour later is left out.
    """

    db: OrmSession
    at: datetime
    access_points: Collection[int] | None = None

    def device(self, device: str) -> list[Told]:
        """The last decisions for a device (a normalised MAC address), newest first."""
        return self._told(
            self._sessions(Session.device == device),
            [self._refused(LoginDecision.device == device), self._around(device)],
        )

    def voucher(self, number: int) -> list[Told]:
        """The last decisions for a voucher, newest first; who was let in with it is known by their sessions."""
        of_voucher = Session.subject_kind == SubjectKind.VOUCHER.value, Session.subject_key == str(number)
        return self._told(self._sessions(*of_voucher), [self._refused(LoginDecision.voucher_id == number)])

    def session(self, session: Session) -> list[Told]:
        """What let a session in, and what was refused to its device around it; nothing where it is erased."""
        if session.device is None:
            return []
        since, until = session.started_at - AROUND, (session.stopped_at or self.at) + AROUND
        refused = self._refused(LoginDecision.device == session.device, LoginDecision.at.between(since, until))
        return self._told([session], [refused])

    def _sessions(self, *which: ColumnElement[bool]) -> Sequence[Session]:
        statement = select(Session).where(*which, Session.started_at <= self.at + AROUND)
        if self.access_points is not None:
            statement = statement.where(Session.access_point_id.in_(self.access_points))
        return self.db.scalars(statement.order_by(Session.started_at.desc()).limit(MOST)).all()

    def _told(self, sessions: Iterable[Session], branches: list[_Ids]) -> list[Told]:
        followed = {session.id: session for session in sessions if session.device is not None}
        branches += [_before(session) for session in followed.values()]
        statement = (
            select(LoginDecision)
            .where(LoginDecision.id.in_(of_each(branches)))
            .options(joinedload(LoginDecision.access_point).joinedload(AccessPoint.hotspot))
            .order_by(LoginDecision.at.desc(), LoginDecision.id.desc())
            .limit(MOST)
        )
        decisions = self.db.scalars(statement).all()
        return [Told(decision, _after(decision, followed.values())) for decision in decisions]

    def _refused(self, *which: ColumnElement[bool]) -> _Ids:
        return self._newest(LoginDecision.reason.is_not(None), LoginDecision.at <= self.at + AROUND, *which)

    def _around(self, device: str) -> _Ids:
        within = LoginDecision.at.between(self.at - AROUND, self.at + AROUND)
        return self._newest(within, LoginDecision.device == device)

    def _newest(self, *which: ColumnElement[bool]) -> _Ids:
        statement = select(LoginDecision.id).where(*which)
        if self.access_points is not None:
            statement = statement.where(LoginDecision.access_point_id.in_(self.access_points))
        return statement.order_by(LoginDecision.at.desc(), LoginDecision.id.desc()).limit(MOST)


def _before(session: Session) -> _Ids:
    """The accepted login that a session came from: the last one of its device there before it began."""
    earliest, latest = session.started_at - _START_MAY_TAKE, session.started_at + _CLOCKS
    return (
        select(LoginDecision.id)
        .where(
            LoginDecision.access_point_id == session.access_point_id,
            LoginDecision.at.between(earliest, latest),
            LoginDecision.device == session.device,
            LoginDecision.reason.is_(None),
        )
        .order_by(LoginDecision.at.desc())
        .limit(1)
    )


def _after(decision: LoginDecision, sessions: Iterable[Session]) -> Session | None:
    """The session that an accepted login led to."""
    if decision.reason is not None:
        return None
    for session in sessions:
        began = session.started_at
        there = session.access_point_id == decision.access_point_id and session.device == decision.device
        if there and began - _START_MAY_TAKE <= decision.at <= began + _CLOCKS:
            return session
    return None
