"""What the database knows of access points as RADIUS clients; what was seen on the wire stands beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session as OrmSession

from hotspots.errors import HotspotsError
from hotspots.lookup import of_each
from hotspots.models import NAMES_SOMEBODY, AccessPoint, AccessPointState, Session, SessionCommand
from hotspots.security.card import Disconnect, Facts
from hotspots.sessions.accounting import is_named_by_class
from hotspots.sessions.disconnects import DISCONNECT, is_belied
from hotspots.vault import Vault

_SAMPLE: Final = 20
"""So many of the last sessions of each access point, and so many open ones."""

_WORTH_COUNTING_SECONDS: Final = 60
_PROOF: Final = timedelta(minutes=1)
"""A Stop that comes later than this after the answer to a Disconnect may have come by itself."""


def of_access_points(db: OrmSession, vault: Vault, access_points: Collection[int] | None = None) -> list[Facts]:
    """The facts of the access points in service, by name; of these only, where some are named."""
    statement = (
        select(AccessPoint, AccessPointState)
        .join(AccessPointState, AccessPointState.access_point_id == AccessPoint.id, isouter=True)
        .where(AccessPoint.removed_at.is_(None))
        .order_by(AccessPoint.name)
    )
    if access_points is not None:
        statement = statement.where(AccessPoint.id.in_(access_points))
    rows = db.execute(statement).all()
    sessions = _sessions(db, [point.id for point, _ in rows])
    disconnects = _disconnects(db, chain.from_iterable(sessions.values()))
    return [
        replace(
            _with_sessions(_own(point, state, vault), sessions.get(point.id, ())),
            disconnect=disconnects.get(point.id, Disconnect.UNTRIED),
        )
        for point, state in rows
    ]


def _own(point: AccessPoint, state: AccessPointState | None, vault: Vault) -> Facts:
    facts = Facts(
        name=point.name,
        make=point.make,
        gateway=point.gateway,
        signature_demanded=point.message_authenticator == "required",
        configured_transport=point.radius_transport,
        secret_octets=_length(point.sealed_secret, vault),
        secret_set_at=point.secret_set_at,
    )
    if state is None:
        return facts
    learned = point.message_authenticator == "learn" and state.signed_at is not None
    return replace(
        facts,
        signature_demanded=facts.signature_demanded or learned,
        heard_at=max(filter(None, (state.last_login_at, state.last_accounting_at)), default=None),
        signed_at=state.signed_at,
        unsigned_at=state.unsigned_at,
        transport=state.transport,
        clock_skew_seconds=state.clock_skew_seconds,
    )


def _length(sealed: bytes, vault: Vault) -> int | None:
    try:
        return len(vault.open(sealed).get_secret_value().encode())
    except HotspotsError:
        return None  # sealed under another key, which the doctor says


def _sessions(db: OrmSession, access_points: Sequence[int]) -> dict[int, list[Session]]:
    branches: list[Select[Any]] = []
    for number in access_points:
        of_this = select(Session.id).where(Session.access_point_id == number).limit(_SAMPLE)
        branches.append(
            of_this.where(Session.stopped_at.is_not(None), NAMES_SOMEBODY).order_by(Session.stopped_at.desc())
        )
        branches.append(of_this.where(Session.stopped_at.is_(None)).order_by(Session.started_at.desc()))
    found: dict[int, list[Session]] = {}
    if branches:
        for session in db.scalars(select(Session).where(Session.id.in_(of_each(branches)))):
            found.setdefault(session.access_point_id, []).append(session)
    return found


def _with_sessions(facts: Facts, sessions: Iterable[Session]) -> Facts:
    long = [
        session for session in sessions if session.device and session.session_seconds >= _WORTH_COUNTING_SECONDS
    ]
    counted = [session for session in long if session.octets_up + session.octets_down > 0]
    return replace(
        facts,
        sessions=len(long),
        with_class=sum(is_named_by_class(session.key) for session in long),
        counted=len(counted),
        reversed=sum(session.octets_up > session.octets_down for session in counted),
    )


def _disconnects(db: OrmSession, sessions: Iterable[Session]) -> dict[int, Disconnect]:
    """By access point, what came of the last Disconnect of these sessions that says something."""
    by_number = {session.id: session for session in sessions}
    statement = (
        select(SessionCommand)
        .where(SessionCommand.session_id.in_(by_number), SessionCommand.kind == DISCONNECT)
        .order_by(SessionCommand.id.desc())
    )
    found: dict[int, Disconnect] = {}
    for command in db.scalars(statement):
        session = by_number[command.session_id]
        said = _said(command, session)
        if said is not None:
            found.setdefault(session.access_point_id, said)
    return found


def _said(command: SessionCommand, session: Session) -> Disconnect | None:
    answered_at, proved_at = command.answered_at, command.proved_at
    if command.state == "timed_out":
        return Disconnect.UNANSWERED
    if command.state == "nacked" or command.error_cause is not None:
        return Disconnect.REFUSED
    if command.state == "acked" and is_belied(command, session):
        return Disconnect.BELIED
    if proved_at is not None and answered_at is not None and proved_at - answered_at <= _PROOF:
        return Disconnect.PROVED
    return None
