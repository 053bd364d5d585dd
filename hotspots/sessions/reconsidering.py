"""What a session that is open may have from now on, after its plan or its owner's limits were changed."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from hotspots.access_points.clients import Client
from hotspots.logins.directory import Directory
from hotspots.logins.login import LoginDesk
from hotspots.policy import Limits, Person, Reason, Refuse, Subject, SubjectKind, decide
from hotspots.sessions.accounting import SessionState
from hotspots.sessions.stay import Stay, open_sessions, usage


class Regrant(Struct, frozen=True):
    """The limits that a session has from now on, counted from its beginning as gateways do, and their plan."""

    limits: Limits
    plan_id: int


class Reconsidering:
    """Asks the policy again for open sessions, from memory as a login does."""

    def __init__(self, desk: LoginDesk, directory: Directory) -> None:
        self._desk = desk
        self._directory = directory

    def of(self, session: SessionState, client: Client, now: datetime) -> Regrant | None:
        """What the session may have; None where a login would be refused now, or nobody knows whose it is."""
        subject = session.subject
        if subject is None:
            return None
        own = _brought_forward(session, now)
        stays = [own, *(stay for stay in self._directory.ledger.stays(subject, now) if not _is_same(stay, own))]
        found = self._person(subject, client, session, now, stays)
        plan = None if found is None else self._directory.plans.get(found[1])
        if found is None or plan is None:
            return None
        used, others = usage(stays, plan, now), open_sessions(stays, plan, now)
        decision = decide(found[0], own.device, plan, used, others, now)
        longest = plan.session_seconds
        if isinstance(decision, Refuse) or (longest is not None and own.seconds >= longest):
            return None
        return Regrant(_from_the_beginning(decision.limits, own, longest), plan.id)

    def _person(
        self, subject: Subject, client: Client, session: SessionState, now: datetime, stays: list[Stay]
    ) -> tuple[Person, int] | None:
        device = session.device or ""
        if subject.kind is SubjectKind.KIOSK:
            kiosk = self._directory.kiosk_at(client, device)
            return None if kiosk is None else (Person(subject), kiosk.plan_id)
        if subject.kind is SubjectKind.DEVICE:
            grant = self._directory.grants.get(device)
            blocked = Reason.DEVICE_BLOCKED if grant is not None and grant.blocked else None
            return Person(subject, blocked), _plan_at(client, session)
        holder = self._desk.holder(subject, device, now, stays)
        return None if holder is None else holder[:2]


def _plan_at(client: Client, session: SessionState) -> int:
    """The plan of the hotspot; whoever is online to fetch a code stays under the one for that."""
    grace = client.grace_plan_id
    return grace if grace is not None and grace == session.plan_id else client.plan_id


def _brought_forward(session: SessionState, now: datetime) -> Stay:
    """The session as it is now, and not as its last report told it."""
    elapsed = max(session.seconds_charged, int((now - session.started_at).total_seconds()))
    return replace(session.stay(), seconds=elapsed, heard_at=max(session.updated_at, now))


def _is_same(stay: Stay, own: Stay) -> bool:
    """Whether it is what was known of the session before, or its grant."""
    return stay.key == own.key or (stay.pending and stay.device == own.device)


def _from_the_beginning(limits: Limits, own: Stay, longest: int | None) -> Limits:
    seconds, octets = limits.session_seconds, limits.total_octets
    if seconds is not None:
        # A login would begin a session, and be given the whole of its time.
        seconds = own.seconds + seconds if longest is None else min(own.seconds + seconds, longest)
    return replace(
        limits,
        session_seconds=seconds,
        total_octets=None if octets is None else own.octets + octets,
    )
