"""How a device stands: its latest session, what is left of it, and what was used today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.logins.admission import stays_of
from hotspots.plans import Plan
from hotspots.policy import Person, Refuse, Subject, SubjectKind, Usage, decide
from hotspots.sessions.accounting import SessionState
from hotspots.sessions.accounting_store import SESSIONS, STATE_COLUMNS
from hotspots.sessions.stay import Stay, is_stale, open_sessions, usage
from hotspots.sessions.usage_window import start_of_warsaw_month

COUNTER_STARTS_WITHIN: Final = timedelta(minutes=1)
"""How long after a login its Start may take to reach us."""


class State(StrEnum):
    """What is known of the connection."""

    STARTING = "starting"
    ONLINE = "online"
    SILENT = "silent"
    OVER = "over"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a status page shows. ``session`` is the latest of the device; usage is that of its subject.

    ``refusal`` is what a login would be answered with now that the session is over, None where it would be let in.
    ``heard_at`` is how old the knowledge is: what accounting told last. Octets count both ways together.
    """

    state: State
    usage: Usage
    plan: Plan | None = None
    session: SessionState | None = None
    session_id: int | None = None
    hotspot: str | None = None
    heard_at: datetime | None = None
    seconds_left: int | None = None
    octets_left: int | None = None
    refusal: Refuse | None = None

    @property
    def can_be_carried(self) -> bool:
        """Whether this is a kiosk's session of which some time is left, for a phone to go on with."""
        subject = None if self.session is None else self.session.subject
        is_kiosk = subject is not None and subject.kind is SubjectKind.KIOSK
        return is_kiosk and self.state is State.ONLINE and bool(self.seconds_left) and self.octets_left != 0

    @property
    def octets(self) -> int:
        """What went through in this session."""
        return 0 if self.session is None else self.session.octets_up + self.session.octets_down

    @property
    def ends_at(self) -> datetime | None:
        """When the time of this session is over."""
        if self.session is None or not self.session.limit_seconds:
            return None
        return self.session.started_at + timedelta(seconds=self.session.limit_seconds)


def standing(
    database: Database, device: str, came_at: datetime, now: datetime, ticket: str | None = None
) -> Standing:
    """How this device stands at ``now``; ``came_at`` is when its gateway last said that it is online.

    With a ``ticket``, only the session that began with it is looked at.
    """
    with database.read() as db:
        found = _newest_session(db, device, ticket)
        if found is None:
            used = Usage() if ticket else _usage(db, Subject(SubjectKind.DEVICE, device), None, now)
            return Standing(state_before_start(came_at, now), used)
        session_id, session = found
        plan_row = None if session.plan_id is None else db.get(models.ServicePlan, session.plan_id)
        plan = None if plan_row is None else plan_row.value()
        hotspot = db.get_one(models.AccessPoint, session.access_point_id).hotspot.name
        subject = session.subject or Subject(SubjectKind.DEVICE, device)
        stays = stays_of(db, subject, start_of_warsaw_month(now))
    used = usage(stays, plan or Plan("", ""), now)
    state = state_of_session(session, plan, came_at, now)
    if state is State.STARTING:
        return Standing(state, used, plan)
    return Standing(
        state,
        used,
        plan,
        session,
        session_id,
        hotspot,
        session.updated_at,
        seconds_left(session, now) if state is State.ONLINE else None,
        octets_left(session) if state is State.ONLINE else None,
        _refusal(subject, device, plan, stays, now) if state is State.OVER else None,
    )


def _newest_session(db: OrmSession, device: str, ticket: str | None) -> tuple[int, SessionState] | None:
    """The number and the state of the open session of a device, or of its last one; with a ticket, of that one only."""
    theirs = SESSIONS.c.device == device
    if ticket is not None:
        theirs &= SESSIONS.c.user_name == ticket
    newest = (
        select(SESSIONS.c.id, *STATE_COLUMNS)
        .where(theirs)
        .order_by(SESSIONS.c.stopped_at.is_(None).desc(), SESSIONS.c.started_at.desc())
        .limit(1)
    )
    row = db.execute(newest).one_or_none()
    if row is None:
        return None
    fields = dict(row._mapping)
    return fields.pop("id"), SessionState(**fields)


def _refusal(subject: Subject, device: str, plan: Plan | None, stays: list[Stay], now: datetime) -> Refuse | None:
    """What the policy would say to a login now; what is left of a voucher is not asked."""
    if plan is None:
        return None
    used, open_now = usage(stays, plan, now), open_sessions(stays, plan, now)
    decision = decide(Person(subject), device, plan, used, open_now, now)
    return decision if isinstance(decision, Refuse) else None


def was_let_in(database: Database, device: str, ticket: str) -> bool:
    """Whether a session of this device began with this ticket.

    Where the gateway signs nothing, this is what proves that a visitor holds the device that they name: RADIUS
    heard its address from the gateway, and let it in with a ticket that nobody else was given.
    """
    theirs = select(SESSIONS.c.id).where(SESSIONS.c.device == device, SESSIONS.c.user_name == ticket)
    with database.read() as db:
        return db.scalar(theirs.limit(1)) is not None


def state_of_session(session: SessionState, plan: Plan | None, came_at: datetime, now: datetime) -> State:
    """What the latest session of a device says about its connection."""
    if session.stopped_at is not None:
        # A login after that Stop has no Start yet.
        return state_before_start(came_at, now) if came_at > session.stopped_at else State.OVER
    interim_seconds = Plan("", "").interim_seconds if plan is None else plan.interim_seconds
    return State.SILENT if is_stale(session.stay(), interim_seconds, now) else State.ONLINE


def seconds_left(session: SessionState, now: datetime) -> int | None:
    """Of the session's own time, which runs on between two reports; None where nothing limits it."""
    if not session.limit_seconds:
        return None
    return max(0, session.limit_seconds - int((now - session.started_at).total_seconds()))


def octets_left(session: SessionState) -> int | None:
    """Of the session's own data, as of the last report; None where nothing limits it."""
    if not session.limit_octets:
        return None
    return max(0, session.limit_octets - session.octets_up - session.octets_down)


def state_before_start(came_at: datetime, now: datetime) -> State:
    """What can be said of a device of which no session is known."""
    return State.STARTING if now - came_at <= COUNTER_STARTS_WITHIN else State.UNKNOWN


def _usage(db: OrmSession, subject: Subject, plan: Plan | None, now: datetime) -> Usage:
    stays = stays_of(db, subject, start_of_warsaw_month(now))
    return usage(stays, plan or Plan("", ""), now)
