"""Accounting: what a gateway reports of a session, and how reports become one state. Values and pure functions."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import force_setattr, replace

from hotspots.policy import Subject, SubjectKind
from hotspots.sessions.class_attribute import SessionClass
from hotspots.sessions.stay import Stay

MOST_OCTETS = 1 << 53
"""A petabyte: what a session is never believed to exceed, so that sums stay within 64 bits."""

MOST_SECONDS = 366 * 24 * 3600
"""A year: a longer session time tells of a clock that was set, and not of a session."""

_MAY_BE_AHEAD_SECONDS = 300
"""So far a session time may be ahead of our clock: a gateway that asked again, or told of the beginning late."""

_ROUNDING = timedelta(seconds=5)
"""Whole seconds and the time on the way let a session seem to have begun a little earlier than it did."""

STALE = "Stale"
"""Our own terminate cause: no update came for so long that the Stop must have been lost."""

LOST = "Lost"
"""Our own terminate cause: the gateway was asked to end the session and knows of none."""

_PRESUMED = (STALE, LOST)

NAS_REBOOT = "NAS-Reboot"


class Status(StrEnum):
    """Acct-Status-Type (RFC 2866, section 5.1), as far as it concerns us."""

    START = "start"
    INTERIM = "interim"
    STOP = "stop"
    ON = "on"
    OFF = "off"


class Report(Struct, frozen=True, array_like=True):
    """One Accounting-Request, normalised: directions as the resident sees them, ``at`` less Acct-Delay-Time."""

    status: Status
    access_point_id: int
    at: datetime
    acct_session_id: str = ""
    user_name: str | None = None
    device: str | None = None
    framed_ip: str | None = None
    session_seconds: int = 0
    octets_up: int = 0
    octets_down: int = 0
    terminate_cause: str | None = None
    grant: SessionClass | None = None
    nas_port: str = ""
    key: str = ""
    """What makes reports those of one session: our Class if it is echoed, else its names on the wire.

    Made here where it is not given: by the worker, that is, so that the recorder need not.
    """
    source: str | None = None
    """The kind of gateway whose own events this was made of; None where the gateway reported by RADIUS."""

    def __post_init__(self) -> None:
        """Make the key."""
        if not self.key:
            force_setattr(self, "key", self._key())

    def __repr__(self) -> str:
        # Without the name: a voucher's code is its password too.
        return (
            f"Report({self.status.value}, access point {self.access_point_id}, {self.acct_session_id!r}, {self.at})"
        )

    def _key(self) -> str:
        if self.grant is not None:
            return f"{self.grant.session}/{self.acct_session_id}"
        named = f"{self.access_point_id}\0{self.acct_session_id}\0{self.user_name}\0{self.device}\0{self.nas_port}"
        # The gateway's own name first: it counts up, so that its sessions stand side by side in the index.
        digest = hashlib.sha256(named.encode()).hexdigest()[:24]
        return f"x-{self.access_point_id}-{self.acct_session_id}-{digest}"


def is_named_by_class(key: str) -> bool:
    """Whether the gateway of a session echoed our Class, so that the session has its name from there."""
    return not key.startswith("x-")


class SessionState(Struct, frozen=True):
    """One session as all its reports together tell it; the fields are the columns of the table ``sessions``."""

    key: str
    access_point_id: int
    acct_session_id: str
    user_name: str | None
    device: str | None
    subject_kind: str | None
    subject_key: str | None
    plan_id: int | None
    framed_ip: str | None
    started_at: datetime
    updated_at: datetime
    stopped_at: datetime | None
    session_seconds: int
    octets_up: int
    octets_down: int
    terminate_cause: str | None
    limit_seconds: int | None
    limit_octets: int | None
    source: str | None = None

    @property
    def subject(self) -> Subject | None:
        """Whom the session counts for; None where nothing names anybody: erased, or never told."""
        if self.subject_kind is None or not self.subject_key:
            return None
        return Subject(SubjectKind(self.subject_kind), self.subject_key)

    @property
    def seconds_charged(self) -> int:
        """What counts against budgets: the session time that was told, as far as our clock has gone on, too.

        Nobody pays for a gateway whose clock was set while a session ran. The table keeps what was told.
        """
        told = self.session_seconds
        if told <= _MAY_BE_AHEAD_SECONDS:
            return told
        passed = self.updated_at - self.started_at
        # Not by total_seconds(), which takes longer: this is done for each report.
        most = passed.days * 86_400 + passed.seconds + _MAY_BE_AHEAD_SECONDS
        return told if told <= most else max(most, _MAY_BE_AHEAD_SECONDS)

    @property
    def limit_reached(self) -> bool:
        """Whether an open session has used its grant; by the clock the gateway has a minute to end it."""
        if self.stopped_at is not None:
            return False
        octets = self.limit_octets is not None and self.octets_up + self.octets_down >= self.limit_octets
        return octets or (self.limit_seconds is not None and self.seconds_charged >= self.limit_seconds + 60)

    def stay(self) -> Stay:
        """The session as quotas see it."""
        return Stay(
            key=self.key,
            device=self.device or "",
            started_at=self.started_at,
            heard_at=self.updated_at,
            ended=self.stopped_at is not None,
            seconds=self.seconds_charged,
            octets=self.octets_up + self.octets_down,
            limit_seconds=self.limit_seconds,
            limit_octets=self.limit_octets,
            access_point_id=self.access_point_id,
        )


class Growth(Struct, frozen=True):
    """What a report adds to the totals: never negative, and nothing when the same report comes again."""

    sessions_started: int
    session_seconds: int
    octets_up: int
    octets_down: int


def begins_anew(state: SessionState, report: Report) -> bool:
    """Whether a Start uses the name of a session that has ended: gateways use their ids again after a crash."""
    return report.status is Status.START and state.stopped_at is not None and report.at > state.stopped_at


def merge(state: SessionState | None, report: Report) -> tuple[SessionState, Growth]:
    """The session after a Start, Interim-Update or Stop, in whatever order and however often they arrive.

    Counters only grow: late packets, packets that come twice and counters that went backwards take nothing away.
    A session whose Start was lost begins as long ago as the first report says that came of it.
    """
    if state is None:
        state = _first(report)
        growth = Growth(1, state.session_seconds, state.octets_up, state.octets_down)
        return _ended_or_not(state, report), growth
    seconds = _more(state.session_seconds, report.session_seconds, MOST_SECONDS)
    up = _more(state.octets_up, report.octets_up, MOST_OCTETS)
    down = _more(state.octets_down, report.octets_down, MOST_OCTETS)
    after = replace(
        state,
        started_at=_earlier(state.started_at, report),
        updated_at=report.at if report.at > state.updated_at else state.updated_at,
        session_seconds=state.session_seconds + seconds,
        octets_up=state.octets_up + up,
        octets_down=state.octets_down + down,
        framed_ip=report.framed_ip or state.framed_ip,
    )
    return _ended_or_not(after, report), Growth(0, seconds, up, down)


def _more(known: int, told: int, most: int) -> int:
    """What a counter has grown by."""
    told = min(told, most)
    return told - known if told > known else 0


def _ended_or_not(state: SessionState, report: Report) -> SessionState:
    if report.status is Status.STOP:
        if state.stopped_at is not None and state.terminate_cause not in _PRESUMED:
            return state
        return replace(state, stopped_at=report.at, terminate_cause=report.terminate_cause)
    if state.stopped_at is not None and state.terminate_cause in _PRESUMED and report.at > state.stopped_at:
        # We took it for ended, and it was not.
        return replace(state, stopped_at=None, terminate_cause=None)
    return state


def _began(report: Report) -> datetime:
    if report.session_seconds > MOST_SECONDS:
        return report.at
    return report.at - timedelta(seconds=report.session_seconds)


def _earlier(known: datetime, report: Report) -> datetime:
    """When the session began, now that this is told: a Start that comes late knows better than what came before it.

    Other reports do not: a gateway whose clock is set while a session runs tells of a session time of fifty years
    (RFC 2866, section 5.7, says nothing of clocks).
    """
    if report.status is not Status.START:
        return known
    told = _began(report)
    return told if known - told > _ROUNDING else known


def _first(report: Report) -> SessionState:
    grant = report.grant
    subject = grant.subject if grant else None
    if subject is None and report.device:
        subject = Subject(SubjectKind.DEVICE, report.device)
    return SessionState(
        key=report.key,
        access_point_id=report.access_point_id,
        acct_session_id=report.acct_session_id,
        user_name=report.user_name,
        device=report.device,
        subject_kind=subject.kind if subject else None,
        subject_key=subject.key if subject else None,
        plan_id=grant.plan_id if grant else None,
        framed_ip=report.framed_ip,
        started_at=_began(report),
        updated_at=report.at,
        stopped_at=None,
        session_seconds=min(report.session_seconds, MOST_SECONDS),
        octets_up=min(report.octets_up, MOST_OCTETS),
        octets_down=min(report.octets_down, MOST_OCTETS),
        terminate_cause=None,
        limit_seconds=grant.limit_seconds if grant else None,
        limit_octets=grant.limit_octets if grant else None,
        source=report.source,
    )
