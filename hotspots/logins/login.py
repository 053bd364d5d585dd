"""A login, decided from memory: who it is, whether the credential holds, and what the policy says.

The way of one login: RADIUS reads a packet into an :class:`Attempt`; :class:`LoginDesk` finds out who it is (a
ticket, a remembered device, a kiosk, a voucher or an account), asks :func:`hotspots.policy.decide`, and gives an
:class:`Outcome`; RADIUS answers from it at once, and :mod:`hotspots.logins.login_store` writes it down. Only the
password of an account may have to be hashed first: then it gives an :class:`Unproved`, for :meth:`LoginDesk.settle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from hotspots import mac, vouchers
from hotspots.access_points.clients import Client
from hotspots.logins.account_desk import AccountDesk, Claim
from hotspots.logins.credentials import AccountEntry, Grant, VoucherEntry, spent
from hotspots.logins.device_desk import DeviceDesk
from hotspots.logins.directory import Directory
from hotspots.logins.tickets import Ticket, TicketDesk, is_ticket
from hotspots.logins.travel import USUAL, Travel
from hotspots.plans import INTERIM_SECONDS, Plan
from hotspots.policy import HOLDERS, Accept, Check, Decision, Person, Reason, Refuse, Subject, SubjectKind, decide
from hotspots.sessions import class_attribute
from hotspots.sessions.class_attribute import SessionClass, SessionNumbers
from hotspots.sessions.stay import Stay
from hotspots.vouchers import Spent

_NAMES_REMEMBERED: Final = 16_384


class Method(StrEnum):
    """How somebody showed who they are."""

    TICKET = "ticket"
    VOUCHER = "voucher"
    ACCOUNT = "account"
    DEVICE = "device"
    KIOSK = "kiosk"
    UNKNOWN = "unknown"


class Password(Protocol):
    """What came as password, in clear or as the answer to a challenge."""

    def matches(self, *candidates: str) -> bool:
        """Whether it is one of these, compared in constant time."""
        ...

    @property
    def clear(self) -> bytes | None:
        """The password as it was sent, empty where none was; None where only the answer to a challenge came."""
        ...


class Attempt(Struct, frozen=True):
    """One Access-Request, as far as the domain is concerned. ``device`` is the normalised Calling-Station-Id."""

    client: Client
    user_name: str
    device: str | None
    password: Password
    now: datetime

    def __repr__(self) -> str:
        # Without the name: a voucher's code is its password too.
        return f"Attempt({self.client.name}, {self.device}, {self.password!r}, {self.now})"


class Outcome(Struct, frozen=True):
    """What was decided, and what is to be written down of it."""

    attempt: Attempt
    method: Method
    decision: Decision
    plan_id: int | None = None
    session_class: SessionClass | None = None
    used_ticket: Ticket | None = None
    remembered: Grant | None = None
    terms_version: int = 0
    first_use_of: VoucherEntry | None = None
    refused: Subject | None = None
    """Whom a refused login would have counted for, where that is known."""
    set_aside: Stay | None = None
    """What was granted to one device of somebody who may have several and has only so much."""


class Unproved(Struct, frozen=True):
    """A login that waits until its claim's password is hashed; its tries are counted by ``tries_key``."""

    attempt: Attempt
    claim: Claim
    tries_key: tuple[str | int, ...]

    def refused(self, reason: Reason, retry_at: datetime | None = None) -> Outcome:
        """The outcome without any check."""
        return Outcome(self.attempt, Method.ACCOUNT, Refuse(reason, retry_at))


class _Identified(Struct, frozen=True):
    """Who it is: the person and the plan, with what an Accept will use up or leave behind."""

    method: Method
    person: Person
    plan_id: int
    ticket: Ticket | None = None
    voucher: VoucherEntry | None = None
    checks: tuple[Check, ...] = ()
    """The rules of logins by address alone, which were asked before those of the plan."""


def _says_the_code_again(password: Password, name: str, code: str) -> bool:
    """Whether a password is the voucher's code that is the name already, or empty: it has to prove nothing more."""
    if password.matches(name):
        return True
    grouped = vouchers.grouped(code)
    if password.matches(code, grouped, code.lower(), grouped.lower(), ""):
        return True
    # In clear it may be written in any way; the answer to a challenge says only whether it is one of some.
    clear = password.clear
    return clear is not None and vouchers.normalise(clear.decode("utf-8", "replace")) == code


class LoginDesk:
    """Decides logins from the directory, and keeps the directory true to what it decided."""

    def __init__(
        self, directory: Directory, tickets: TicketDesk, voucher_key: bytes, travel: Travel = USUAL
    ) -> None:
        self._directory = directory
        self._tickets = tickets
        self._voucher_key = voucher_key
        self._accounts = AccountDesk(directory)
        self._devices = DeviceDesk(directory, travel)
        self._numbers = SessionNumbers()
        # The check character and the digest of a code are a third of a decision; a gateway sends names in one form.
        self._voucher_named = lru_cache(maxsize=_NAMES_REMEMBERED)(self._look_up)

    def login(self, attempt: Attempt) -> Outcome | Unproved:
        """Decide one login. An Accept uses its ticket up, remembers the device and sets its grant aside."""
        found = self._identify(attempt)
        return self._decide(attempt, found) if isinstance(found, _Identified) else found

    def settle(self, unproved: Unproved, *, right: bool, now: datetime) -> Outcome:
        """Decide a login whose password was checked."""
        attempt = replace(unproved.attempt, now=now)
        found = self._of_account(attempt, self._accounts.settle(unproved.claim, right=right))
        return self._decide(attempt, found) if isinstance(found, _Identified) else found

    def is_outdated(self, unproved: Unproved) -> bool:
        """Whether the account has changed since, so that another check may find otherwise."""
        return self._accounts.is_outdated(unproved.claim)

    def _decide(self, attempt: Attempt, found: _Identified) -> Outcome:
        plan = self._directory.plans.get(found.plan_id)
        if plan is None:
            return Outcome(attempt, found.method, Refuse(Reason.PLAN_UNKNOWN))
        usage, open_sessions = self._directory.ledger.usage(found.person.subject, plan, attempt.now)
        decision = decide(found.person, attempt.device or "", plan, usage, open_sessions, attempt.now)
        if found.checks:
            decision = replace(decision, checks=(*found.checks, *decision.checks))
        if isinstance(decision, Refuse):
            return Outcome(attempt, found.method, decision, found.plan_id, refused=found.person.subject)
        return self._accept(attempt, found, plan, decision)

    def _identify(self, attempt: Attempt) -> _Identified | Outcome | Unproved:
        if attempt.user_name.startswith("t") and is_ticket(attempt.user_name):
            return self._by_ticket(attempt)
        if attempt.client.mac_authentication and mac.normalise(attempt.user_name) == (attempt.device or ""):
            # The name is the address that the gateway itself saw: nobody comes in by typing a neighbour's.
            return self._by_device(attempt, attempt.device or "")
        return self._by_voucher(attempt)

    def _by_ticket(self, attempt: Attempt) -> _Identified | Outcome:
        if not attempt.password.matches(self._tickets.password(attempt.user_name)):
            return Outcome(attempt, Method.TICKET, Refuse(Reason.TICKET_FORGED))
        ticket = self._tickets.read(attempt.user_name, attempt.device, attempt.client.id, attempt.now)
        if isinstance(ticket, Reason):
            return Outcome(attempt, Method.TICKET, Refuse(ticket))
        if ticket.nonce in self._directory.used_tickets:
            return Outcome(attempt, Method.TICKET, Refuse(Reason.TICKET_USED))
        if ticket.subject.kind not in HOLDERS:
            return _Identified(Method.TICKET, Person(ticket.subject), ticket.plan_id, ticket)
        holder = self.holder(ticket.subject, attempt.device, attempt.now)
        if holder is None:
            return Outcome(attempt, Method.TICKET, Refuse(Reason.UNKNOWN_USER))
        person, plan_id, voucher = holder
        return _Identified(Method.TICKET, person, plan_id, ticket, voucher)

    def _by_device(self, attempt: Attempt, device: str) -> _Identified | Outcome:
        kiosk = self._directory.kiosk_at(attempt.client, device)
        if kiosk is not None:
            return _Identified(Method.KIOSK, Person(Subject(SubjectKind.KIOSK, str(kiosk.id))), kiosk.plan_id)
        grant = self._directory.grants.get(device)
        if grant is None:
            return Outcome(attempt, Method.DEVICE, Refuse(Reason.DEVICE_NOT_REMEMBERED))
        person = grant.person(attempt.now)
        if person.refusal is not None:
            return Outcome(attempt, Method.DEVICE, Refuse(person.refusal))
        if grant.subject.kind not in HOLDERS:
            # A device is remembered everywhere, under the rules of the place where it is now.
            return self._believed(attempt, grant, person, attempt.client.plan_id)
        holder = self.holder(grant.subject, attempt.device, attempt.now)
        if holder is None:
            return Outcome(attempt, Method.DEVICE, Refuse(Reason.DEVICE_NOT_REMEMBERED))
        return self._believed(attempt, grant, holder[0], holder[1])

    def _believed(self, attempt: Attempt, grant: Grant, person: Person, plan_id: int) -> _Identified | Outcome:
        """The person, where the device's address is enough to believe that it is theirs."""
        checked = self._devices.ask_again(grant, attempt.client, plan_id, attempt.now)
        if isinstance(checked, Refuse):
            return Outcome(attempt, Method.DEVICE, checked, plan_id, refused=grant.subject)
        return _Identified(Method.DEVICE, person, plan_id, checks=checked)

    def holder(
        self, subject: Subject, device: str | None, now: datetime, stays: Sequence[Stay] | None = None
    ) -> tuple[Person, int, VoucherEntry | None] | None:
        """The voucher or the account that a ticket, a device or a session counts for, with its plan.

        None where it is gone. ``stays`` are those of the subject, where something newer is known of them.
        """
        if subject.kind is SubjectKind.VOUCHER:
            voucher = self._directory.vouchers.get(int(subject.key))
            if voucher is None:
                return None
            return self._voucher_person(voucher, device, now, stays), voucher.plan_id, voucher
        account = self._directory.accounts.get(int(subject.key))
        return None if account is None else (account.person(now), account.plan_id, None)

    def _by_voucher(self, attempt: Attempt) -> _Identified | Outcome | Unproved:
        name = attempt.user_name
        code, digest = self._voucher_named(name)
        voucher = self._directory.vouchers_by_digest.get(digest)
        if voucher is None:
            return self._by_account(attempt)
        if not _says_the_code_again(attempt.password, name, code):
            return Outcome(attempt, Method.VOUCHER, Refuse(Reason.WRONG_PASSWORD))
        person = self._voucher_person(voucher, attempt.device, attempt.now)
        return _Identified(Method.VOUCHER, person, voucher.plan_id, voucher=voucher)

    def _by_account(self, attempt: Attempt) -> _Identified | Outcome | Unproved:
        asked = self._accounts.ask(attempt.user_name, attempt.password.clear)
        if not isinstance(asked, Claim):
            return self._of_account(attempt, asked)
        key: tuple[str | int, ...] = (asked.name, attempt.client.id)
        if asked.account is not None and self._was_online(asked.account, attempt):
            # Whoever guesses at a name uses up the tries of strangers, not those of its owner's phone.
            key = (*key, attempt.device or "")
        return Unproved(attempt, asked, key)

    def _of_account(self, attempt: Attempt, found: AccountEntry | Reason) -> _Identified | Outcome:
        if isinstance(found, AccountEntry):
            return _Identified(Method.ACCOUNT, found.person(attempt.now), found.plan_id)
        method = Method.UNKNOWN if found is Reason.UNKNOWN_USER else Method.ACCOUNT
        return Outcome(attempt, method, Refuse(found))

    def _was_online(self, account: AccountEntry, attempt: Attempt) -> bool:
        """Whether this device was online with the account this month."""
        subject = Subject(SubjectKind.RESIDENT, str(account.id))
        return any(stay.device == attempt.device for stay in self._directory.ledger.stays(subject, attempt.now))

    def _look_up(self, name: str) -> tuple[str, bytes]:
        """The voucher code that a name is, and its digest; both empty where it cannot be one."""
        code = vouchers.normalise(name)
        return (code, vouchers.digest(self._voucher_key, code)) if isinstance(code, str) else ("", b"")

    def _voucher_person(
        self, voucher: VoucherEntry, device: str | None, now: datetime, stays: Sequence[Stay] | None = None
    ) -> Person:
        subject = Subject(SubjectKind.VOUCHER, str(voucher.id))
        used = Spent()
        if voucher.total_seconds is not None or voucher.total_octets is not None:
            plan = self._directory.plans.get(voucher.plan_id)
            known = self._directory.ledger.stays(subject, now) if stays is None else stays
            interim_seconds = INTERIM_SECONDS if plan is None else plan.interim_seconds
            used = spent(known, device or "", interim_seconds, now)
        return vouchers.person_of(voucher, used, now)

    def _accept(self, attempt: Attempt, found: _Identified, plan: Plan, decision: Accept) -> Outcome:
        subject = found.person.subject
        set_aside = None
        if plan.looks_back or found.person.has_budget:
            set_aside = self._directory.ledger.reserve(subject, attempt.device or "", decision.limits, attempt.now)
        if found.ticket is not None:
            self._directory.used_tickets[found.ticket.nonce] = found.ticket.expires_at
        remembered = self._remember(attempt, found, plan)
        if remembered is not None:
            self._directory.grants[remembered.device] = remembered
        return Outcome(
            attempt,
            found.method,
            decision,
            found.plan_id,
            class_attribute.new(self._numbers.new(attempt.now), subject, found.plan_id, decision.limits),
            found.ticket,
            remembered,
            found.ticket.terms_version if found.ticket else 0,
            self._first_use(found.voucher, attempt.now),
            set_aside=set_aside if subject.kind in HOLDERS else None,
        )

    def _remember(self, attempt: Attempt, found: _Identified, plan: Plan) -> Grant | None:
        """Only a ticket makes a device remembered: its page is where the terms of use were accepted."""
        if found.ticket is None or attempt.device is None or plan.remember_seconds is None:
            return None
        until = attempt.now + timedelta(seconds=plan.remember_seconds)
        if found.person.valid_until is not None:
            until = min(until, found.person.valid_until)
        asked = attempt.now, attempt.client.id
        return Grant(attempt.device, found.person.subject, found.plan_id, until, *asked)

    def _first_use(self, voucher: VoucherEntry | None, now: datetime) -> VoucherEntry | None:
        if voucher is None or voucher.first_used_at is not None:
            return None
        used = replace(voucher, first_used_at=now)
        self._directory.put_voucher(used)
        return used
