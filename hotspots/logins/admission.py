"""Admission at the portal: would this visitor be let in, and with which ticket? The gateway asks RADIUS again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import asdict, astuple
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models, vouchers
from hotspots.database import Database
from hotspots.logins.credentials import load_accounts, load_vouchers, spent
from hotspots.logins.tickets import TicketDesk
from hotspots.plans import Plan
from hotspots.policy import HOLDERS, Check, Decision, Limits, Person, Reason, Refuse, Subject, SubjectKind, decide
from hotspots.public_pages import clauses
from hotspots.sessions.accounting_store import SESSIONS, STATE_COLUMNS, state_of
from hotspots.sessions.stay import Stay, open_sessions, usage
from hotspots.sessions.usage_window import start_of_warsaw_month
from hotspots.vouchers import CodeFault

_PROMISED_FOR: Final = timedelta(minutes=2)
"""How long a pass sets its limits aside for a session that has not begun."""
_BECAUSE_OF_OTHERS: Final = (Reason.TOO_MANY_DEVICES, Reason.HELD_BY_ANOTHER_DEVICE)
_CLAUSE_KEPT: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Admitted:
    """A ticket for the gateway, the limits that RADIUS is expected to give, and the rules that were asked."""

    user_name: str
    password: str
    limits: Limits
    checks: tuple[Check, ...] = ()

    def __repr__(self) -> str:
        return f"Admitted(user_name={self.user_name!r}, password=***, limits={self.limits!r})"


class Held(Refuse, frozen=True, kw_only=True):
    """A refusal because of other devices of the same person, who showed that they are it: by ``method``.

    Once the sessions of those devices have ended, :meth:`Admission.of_subject` lets the person in.
    """

    subject: Subject
    method: str


@dataclass(frozen=True, slots=True)
class _Knock:
    """Somebody at the portal: from where, with which device, and how they want to come in."""

    access_point_id: int | None
    device: str | None
    method: str
    now: datetime


class Admission:
    """Decides at the portal by the same rules as RADIUS, from the database, and issues the ticket."""

    def __init__(self, database: Database, tickets: TicketDesk, voucher_key: bytes) -> None:
        self._database = database
        self._tickets = tickets
        self._voucher_key = voucher_key
        self._clauses: dict[tuple[int, int], tuple[int, datetime]] = {}

    def by_tap(self, access_point_id: int, device: str, terms_version: int, now: datetime) -> Admitted | Refuse:
        """One tap: no personal data; counts for the device, under the plan of the hotspot."""
        knock = _Knock(access_point_id, device, "tap", now)
        with self._database.read() as db:
            plan = db.get_one(models.AccessPoint, access_point_id).hotspot.plan.value()
            person = Person(Subject(SubjectKind.DEVICE, device), _blocked(db, device))
            decision = _decide(db, person, plan, knock)
        return self._answer(person, plan, decision, knock, terms_version)

    def by_voucher(
        self, access_point_id: int, device: str, code: str, terms_version: int, now: datetime
    ) -> Admitted | Refuse | CodeFault:
        """A voucher as the resident typed it; a :class:`CodeFault` says what is wrong with the typing."""
        normalised = vouchers.normalise(code)
        if isinstance(normalised, CodeFault):
            return normalised
        knock = _Knock(access_point_id, device, "voucher", now)
        with self._database.read() as db:
            row = vouchers.find(db, self._voucher_key, normalised)
        if row is None:
            return self._refuse(Refuse(Reason.UNKNOWN_USER), knock)
        return self._of_voucher(row.id, knock, terms_version)

    def by_grace(self, access_point_id: int, device: str, terms_version: int, now: datetime) -> Admitted | Refuse:
        """A few minutes to fetch a code, under the plan that the hotspot has for that; counts for the device."""
        knock = _Knock(access_point_id, device, "grace", now)
        with self._database.read() as db:
            row = db.get_one(models.AccessPoint, access_point_id).hotspot.grace_plan
            plan = Plan("", "") if row is None else row.value()
            refusal = Reason.PLAN_UNKNOWN if row is None else _blocked(db, device)
            person = Person(Subject(SubjectKind.DEVICE, device), refusal)
            decision = _decide(db, person, plan, knock)
        return self._answer(person, plan, decision, knock, terms_version)

    def by_account(
        self, access_point_id: int, device: str, account_id: int, method: str, terms_version: int, now: datetime
    ) -> Admitted | Refuse:
        """An account whose holder has just been found out; ``method`` says how, for the log."""
        knock = _Knock(access_point_id, device, method, now)
        with self._database.read() as db:
            entry = next(load_accounts(db, [account_id]), None)
            if entry is None:  # erased since it was proved
                return self._refuse(Refuse(Reason.UNKNOWN_USER), knock)
            plan = db.get_one(models.ServicePlan, entry.plan_id).value()
            person = entry.person(now)
            decision = _decide(db, person, plan, knock)
        return self._answer(person, plan, decision, knock, terms_version)

    def of_subject(
        self, access_point_id: int, device: str, subject: Subject, method: str, terms_version: int, now: datetime
    ) -> Admitted | Refuse:
        """Whoever a voucher or an account is proved to be, as :class:`Held` named them a while ago."""
        if subject.kind is SubjectKind.VOUCHER:
            return self._of_voucher(int(subject.key), _Knock(access_point_id, device, method, now), terms_version)
        return self.by_account(access_point_id, device, int(subject.key), method, terms_version, now)

    def _of_voucher(self, number: int, knock: _Knock, terms_version: int) -> Admitted | Refuse:
        with self._database.read() as db:
            entry = next(load_vouchers(db, models.Voucher.id == number), None)
            if entry is None:  # deleted since it was proved
                return self._refuse(Refuse(Reason.UNKNOWN_USER), knock)
            plan = db.get_one(models.ServicePlan, entry.plan_id).value()
            stays = stays_of(db, Subject(SubjectKind.VOUCHER, str(number)), None)
            used = spent(stays, knock.device or "", plan.interim_seconds, knock.now)
            person = vouchers.person_of(entry, used, knock.now)
            decision = _decide(db, person, plan, knock)
        return self._answer(person, plan, decision, knock, terms_version)

    def refuse_visit(self, reason: Reason, access_point_id: int | None, device: str | None, now: datetime) -> None:
        """Note a visit that was turned away before anybody said who they are: forged, stale, from nowhere."""
        self._refuse(Refuse(reason), _Knock(access_point_id, device, "visit", now))

    def _answer(
        self, person: Person, plan: Plan, decision: Decision, knock: _Knock, terms_version: int
    ) -> Admitted | Refuse:
        if isinstance(decision, Refuse):
            subject = person.subject
            voucher = int(subject.key) if subject.kind is SubjectKind.VOUCHER else None
            self._refuse(decision, knock, voucher)
            if decision.reason in _BECAUSE_OF_OTHERS and subject.kind in HOLDERS:
                return Held(*astuple(decision), subject=subject, method=knock.method)
            return decision
        bound_to = knock.device or "", knock.access_point_id or 0
        clause = self._clause(bound_to[1], terms_version, knock.now)
        ticket = self._tickets.issue(person.subject, plan.id, clause, *bound_to, knock.now)
        return Admitted(*ticket, decision.limits, decision.checks)

    def _clause(self, access_point_id: int, terms_version: int, now: datetime) -> int:
        # Looked up once in a few seconds: the page that is accepted was read for longer than that.
        number, until = self._clauses.get((access_point_id, terms_version), (0, now))
        if now >= until:
            number = clauses.accepted(self._database, access_point_id, terms_version, now)
            self._clauses[access_point_id, terms_version] = number, now + _CLAUSE_KEPT
        return number

    def _refuse(self, refusal: Refuse, knock: _Knock, voucher: int | None = None) -> Refuse:
        """Write a refusal down for staff. Who is let in writes nothing here, and waits for no writer."""
        with self._database.write() as db:
            db.add(
                models.LoginDecision(
                    at=knock.now,
                    at_door="portal",
                    access_point_id=knock.access_point_id,
                    device=knock.device,
                    method=knock.method,
                    reason=refusal.reason.value,
                    retry_at=refusal.retry_at,
                    checks=[asdict(check) for check in refusal.checks],
                    voucher_id=voucher,
                )
            )
        return refusal


def _blocked(db: OrmSession, device: str) -> Reason | None:
    grant = db.get(models.DeviceGrant, device)
    return Reason.DEVICE_BLOCKED if grant is not None and grant.blocked_at is not None else None


def _decide(db: OrmSession, person: Person, plan: Plan, knock: _Knock) -> Decision:
    stays = stays_of(db, person.subject, start_of_warsaw_month(knock.now))
    stays += _promised(db, person.subject, knock.now)
    used, open_now = usage(stays, plan, knock.now), open_sessions(stays, plan, knock.now)
    return decide(person, knock.device or "", plan, used, open_now, knock.now)


def _promised(db: OrmSession, subject: Subject, now: datetime) -> list[Stay]:
    """What passes set aside whose gateways have not let anybody in yet; RADIUS does so in its workers' memory."""
    row = models.Pass
    waiting = row.subject_kind == subject.kind.value, row.subject_key == subject.key, row.taken_at.is_(None)
    return [
        Stay(
            each.session_key,
            each.device,
            each.granted_at,
            each.granted_at,
            False,
            0,
            0,
            each.limit_seconds,
            each.limit_octets,
            pending=True,
        )
        for each in db.scalars(select(row).where(*waiting, row.granted_at > now - _PROMISED_FOR))
    ]


def stays_of(db: OrmSession, subject: Subject, since: datetime | None) -> list[Stay]:
    """The stays of a subject from the database: those that began at or after ``since``, and open ones."""
    statement = select(*STATE_COLUMNS).where(
        SESSIONS.c.subject_kind == subject.kind.value, SESSIONS.c.subject_key == subject.key
    )
    if since is not None:
        statement = statement.where((SESSIONS.c.started_at >= since) | SESSIONS.c.stopped_at.is_(None))
    return [state_of(row).stay() for row in db.execute(statement)]
