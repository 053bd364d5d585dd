"""Admission at the portal: would this visitor be let in, and with which ticket? The gateway asks RADIUS again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models, vouchers
from hotspots.accounting_store import SESSIONS, STATE_COLUMNS, state_of
from hotspots.credentials import load_vouchers, spent
from hotspots.database import Database
from hotspots.plans import Plan
from hotspots.policy import Accept, Limits, Person, Reason, Refuse, Subject, SubjectKind, decide
from hotspots.stay import Stay, open_sessions, usage
from hotspots.tickets import TicketDesk
from hotspots.usage_window import start_of_warsaw_month
from hotspots.vouchers import CodeFault


@dataclass(frozen=True, slots=True)
class Admitted:
    """A ticket for the gateway, and the limits that RADIUS is expected to give."""

    user_name: str
    password: str
    limits: Limits

    def __repr__(self) -> str:
        return f"Admitted(user_name={self.user_name!r}, password=***, limits={self.limits!r})"


class Admission:
    """Decides at the portal by the same rules as RADIUS, from the database, and issues the ticket."""

    def __init__(self, database: Database, tickets: TicketDesk, voucher_key: bytes) -> None:
        self._database = database
        self._tickets = tickets
        self._voucher_key = voucher_key

    def by_tap(self, access_point_id: int, device: str, terms_version: int, now: datetime) -> Admitted | Refuse:
        """One tap: no personal data; counts for the device, under the plan of the hotspot."""
        with self._database.write() as db:
            subject = Subject(SubjectKind.DEVICE, device)
            plan = self._plan_at(db, access_point_id)
            grant = db.get(models.DeviceGrant, device)
            blocked = Reason.DEVICE_BLOCKED if grant is not None and grant.blocked_at is not None else None
            return self._decide(
                db, Person(subject, blocked), plan, access_point_id, device, "tap", terms_version, now
            )

    def by_voucher(
        self, access_point_id: int, device: str, code: str, terms_version: int, now: datetime
    ) -> Admitted | Refuse | CodeFault:
        """A voucher as the resident typed it; a :class:`CodeFault` says what is wrong with the typing."""
        normalised = vouchers.normalise(code)
        if isinstance(normalised, CodeFault):
            return normalised
        with self._database.write() as db:
            row = vouchers.find(db, self._voucher_key, normalised)
            if row is None:
                refusal = Refuse(Reason.UNKNOWN_USER)
                self.note(db, refusal, access_point_id, device, "voucher", now)
                return refusal
            (entry,) = load_vouchers(db, [row.id])
            plan = db.get_one(models.ServicePlan, entry.plan_id).value()
            subject = Subject(SubjectKind.VOUCHER, str(entry.id))
            seconds, octets = spent(stays_of(db, subject, None))
            person = vouchers.person_of(entry, used_seconds=seconds, used_octets=octets, now=now)
            return self._decide(db, person, plan, access_point_id, device, "voucher", terms_version, now)

    def refuse_visit(self, reason: Reason, access_point_id: int | None, device: str | None, now: datetime) -> None:
        """Note a visit that was turned away before anybody said who they are: forged, stale, from nowhere."""
        with self._database.write() as db:
            self.note(db, Refuse(reason), access_point_id, device, "visit", now)

    def _decide(
        self,
        db: OrmSession,
        person: Person,
        plan: Plan,
        access_point_id: int,
        device: str,
        method: str,
        terms_version: int,
        now: datetime,
    ) -> Admitted | Refuse:
        stays = stays_of(db, person.subject, start_of_warsaw_month(now))
        decision = decide(person, device, plan, usage(stays, plan, now), open_sessions(stays, plan, now), now)
        if isinstance(decision, Accept):
            ticket = self._tickets.issue(person.subject, plan.id, terms_version, device, access_point_id, now)
            return Admitted(*ticket, decision.limits)
        self.note(db, decision, access_point_id, device, method, now)
        return decision

    @staticmethod
    def note(
        db: OrmSession, refusal: Refuse, access_point_id: int | None, device: str | None, method: str, now: datetime
    ) -> None:
        """Write a refusal down for staff and for ``explain``."""
        db.add(
            models.LoginDecision(
                at=now,
                at_door="portal",
                access_point_id=access_point_id,
                device=device,
                method=method,
                reason=refusal.reason.value,
                retry_at=refusal.retry_at,
                checks=[asdict(check) for check in refusal.checks],
            )
        )

    @staticmethod
    def _plan_at(db: OrmSession, access_point_id: int) -> Plan:
        return db.get_one(models.AccessPoint, access_point_id).hotspot.plan.value()


def stays_of(db: OrmSession, subject: Subject, since: datetime | None) -> list[Stay]:
    """The stays of a subject from the database: those that began at or after ``since``, and open ones."""
    statement = select(*STATE_COLUMNS).where(
        SESSIONS.c.subject_kind == subject.kind.value, SESSIONS.c.subject_key == subject.key
    )
    if since is not None:
        statement = statement.where((SESSIONS.c.started_at >= since) | SESSIONS.c.stopped_at.is_(None))
    return [state_of(row).stay() for row in db.execute(statement)]
