"""Passes: what the portal grants by itself at gateways that ask no RADIUS, and the accounting made of their word.

The decision is that of :mod:`hotspots.logins.admission`; a pass holds what an Access-Accept would have said. The
gateway fetches it or is told by its controller, and what it says of the visitor afterwards becomes reports like those
of RADIUS, under the same key each time, so that nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.logins.admission import Admitted
from hotspots.logins.tickets import Ticket, TicketDesk
from hotspots.policy import Limits, SubjectKind
from hotspots.sessions import class_attribute
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.accounting_store import SESSIONS
from hotspots.sessions.class_attribute import SessionClass, SessionNumbers

OFFERED_FOR: Final = timedelta(minutes=5)
"""How long a gateway may fetch a pass: who has waited longer has left, or has begun anew."""

KEPT: Final = timedelta(days=1)
"""How long a pass stays after its session: a gateway may tell of the end late, and twice."""

HAS_PASS: Final = exists().where(models.Pass.session_key == SESSIONS.c.key)
"""Of a session: it was let in by the portal, so only the portal can end it."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass as it was granted; ``taken_at`` is when the gateway said that the visitor is in."""

    id: int
    access_point_id: int
    grant: SessionClass
    user_name: str
    device: str
    client_ip: str | None
    handle: str
    granted_at: datetime
    taken_at: datetime | None

    def report(
        self,
        status: Status,
        source: str,
        at: datetime,
        *,
        seconds: int = 0,
        octets_up: int = 0,
        octets_down: int = 0,
        cause: str | None = None,
    ) -> Report:
        """What ``source``, the kind of gateway, says of the session at ``at``; no session is older than its pass."""
        oldest = int((at - self.granted_at).total_seconds())
        return Report(
            status,
            self.access_point_id,
            at,
            acct_session_id=self.grant.session,
            user_name=self.user_name,
            device=self.device,
            framed_ip=self.client_ip,
            session_seconds=max(0, min(seconds, oldest)),
            octets_up=max(0, octets_up),
            octets_down=max(0, octets_down),
            terminate_cause=cause,
            grant=self.grant,
            source=source,
        )


class PassDesk:
    """Issues passes and finds them again. ``class_key`` is the key for ``keys.CLASS_ATTRIBUTE``."""

    def __init__(self, database: Database, tickets: TicketDesk, class_key: bytes) -> None:
        self._database = database
        self._tickets = tickets
        self._class_key = class_key

    def issue(
        self,
        admitted: Admitted,
        device: str,
        access_point_id: int,
        handle: str,
        client_ip: str | None,
        now: datetime,
    ) -> Pass:
        """A pass for somebody who has just been admitted; the ticket is used up by it, and the device remembered."""
        ticket = self._tickets.read(admitted.user_name, device, access_point_id, now)
        assert isinstance(ticket, Ticket)  # noqa: S101 - it was issued a moment ago, for this device and place
        grant = class_attribute.new(SessionNumbers().new(now), ticket.subject, ticket.plan_id, admitted.limits)
        row = models.Pass(
            access_point_id=access_point_id,
            session_key=f"{grant.session}/{grant.session}",
            session_class=class_attribute.encode(self._class_key, grant),
            user_name=admitted.user_name,
            device=device,
            client_ip=client_ip,
            handle=handle,
            subject_kind=ticket.subject.kind.value,
            subject_key=ticket.subject.key,
            limit_seconds=grant.limit_seconds,
            limit_octets=grant.limit_octets,
            granted_at=now,
        )
        with self._database.write() as db:
            # Somebody who taps twice is let in once.
            earlier = models.Pass.access_point_id == access_point_id, models.Pass.handle == handle
            db.execute(delete(models.Pass).where(*earlier, models.Pass.taken_at.is_(None)))
            db.add(row)
            db.add(_decision(admitted, ticket, device, access_point_id, now))
            _remember(db, ticket, device, access_point_id, now)
            if ticket.subject.kind is SubjectKind.VOUCHER:
                _use_first(db, int(ticket.subject.key), now)
            db.flush()
            return self._read(row)

    def waiting(self, access_point_id: int, now: datetime, most: int) -> list[Pass]:
        """Those that the gateway may fetch now, and who were not offered for longest; they count as offered."""
        row = models.Pass
        mine = row.access_point_id == access_point_id, row.taken_at.is_(None), row.granted_at > now - OFFERED_FOR
        oldest = select(row).where(*mine).order_by(row.sent_at.is_not(None), row.sent_at, row.id).limit(most)
        with self._database.read() as db:
            found = [self._read(each) for each in db.scalars(oldest)]
        if found:
            with self._database.write() as db:
                db.execute(update(row).where(row.id.in_([each.id for each in found])).values(sent_at=now))
        return found

    def untaken(self, access_point_id: int, now: datetime) -> list[Pass]:
        """All that the gateway may still acknowledge."""
        row = models.Pass
        return self._find(
            row.access_point_id == access_point_id, row.taken_at.is_(None), row.granted_at > now - 2 * OFFERED_FOR
        )

    def by_handles(self, access_point_id: int, handles: Collection[str]) -> list[Pass]:
        """Those of an access point that have these names there, the oldest first."""
        return self._find(models.Pass.access_point_id == access_point_id, models.Pass.handle.in_(handles))

    def by_user_name(self, user_name: str) -> Pass | None:
        """That of a ticket."""
        return next(iter(self._find(models.Pass.user_name == user_name)), None)

    def online(self, access_point_id: int) -> list[Pass]:
        """Those whose sessions are open."""
        open_ones = select(SESSIONS.c.key).where(
            SESSIONS.c.access_point_id == access_point_id, SESSIONS.c.stopped_at.is_(None)
        )
        # Their keys first: of a join, PostgreSQL reads all passes.
        with self._database.read() as db:
            keys = db.scalars(open_ones).all()
        return self._find(models.Pass.session_key.in_(keys))

    def limits(self, found: Pass) -> Limits:
        """What a pass grants, with the rates of its plan."""
        with self._database.read() as db:
            plan = db.get_one(models.ServicePlan, found.grant.plan_id).value()
        return Limits(
            session_seconds=found.grant.limit_seconds,
            idle_seconds=plan.idle_seconds,
            rate_up_bps=plan.rate_up_bps,
            rate_down_bps=plan.rate_down_bps,
            total_octets=found.grant.limit_octets,
        )

    def taken(self, passes: Sequence[Pass], now: datetime) -> None:
        """Note that these visitors are in."""
        with self._database.write() as db:
            row = models.Pass
            mine = row.id.in_([each.id for each in passes]), row.taken_at.is_(None)
            db.execute(update(row).where(*mine).values(taken_at=now))

    def forget_untaken(self, access_point_id: int) -> None:
        """Forget what the gateway has not fetched: it was started anew, and knows none of its visitors."""
        with self._database.write() as db:
            row = models.Pass
            db.execute(delete(row).where(row.access_point_id == access_point_id, row.taken_at.is_(None)))

    def _find(self, *which: ColumnElement[bool]) -> list[Pass]:
        with self._database.read() as db:
            return [
                self._read(row) for row in db.scalars(select(models.Pass).where(*which).order_by(models.Pass.id))
            ]

    def _read(self, row: models.Pass) -> Pass:
        grant = class_attribute.decode(self._class_key, row.session_class, row.device)
        assert grant is not None  # noqa: S101 - we made it, under the key that the database belongs to
        return Pass(
            *(row.id, row.access_point_id, grant, row.user_name, row.device, row.client_ip, row.handle),
            *(row.granted_at, row.taken_at),
        )


def _decision(
    admitted: Admitted, ticket: Ticket, device: str, access_point_id: int, now: datetime
) -> models.LoginDecision:
    return models.LoginDecision(
        at=now,
        at_door="portal",
        access_point_id=access_point_id,
        device=device,
        method="ticket",
        plan_id=ticket.plan_id,
        checks=[asdict(check) for check in admitted.checks],
        voucher_id=int(ticket.subject.key) if ticket.subject.kind is SubjectKind.VOUCHER else None,
    )


def _use_first(db: OrmSession, voucher_id: int, now: datetime) -> None:
    voucher = db.get_one(models.Voucher, voucher_id)
    voucher.first_used_at = voucher.first_used_at or now


def _remember(db: OrmSession, ticket: Ticket, device: str, access_point_id: int, now: datetime) -> None:
    """As RADIUS does with a ticket: the device is let in without a page, wherever it is asked for by its address."""
    remember_seconds = db.get_one(models.ServicePlan, ticket.plan_id).remember_seconds
    if remember_seconds is None:
        return
    db.merge(
        models.DeviceGrant(
            device=device,
            plan_id=ticket.plan_id,
            subject_kind=ticket.subject.kind.value,
            subject_key=ticket.subject.key,
            access_point_id=access_point_id,
            terms_version=ticket.terms_version,
            granted_at=now,
            expires_at=now + timedelta(seconds=remember_seconds),
        )
    )
