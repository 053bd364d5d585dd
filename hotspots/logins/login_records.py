"""A login as it is written down: what a RADIUS worker hands to the recorder."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from hotspots.logins.login import Outcome
from hotspots.policy import Refuse, Subject, SubjectKind
from hotspots.sessions.stay import Stay


class RememberedDevice(Struct, frozen=True, array_like=True):
    """A device that gets in without a page from now on."""

    device: str
    plan_id: int
    subject_kind: str
    subject_key: str
    terms_version: int
    expires_at: datetime


class LoginRecord(Struct, frozen=True, array_like=True):
    """One decision, and what it changed. ``checks`` is JSON text: a list of rules with their figures.

    It names no user: a ticket's id says nothing to anybody once it is used, and a voucher's code must not stand in
    a log.
    """

    at: datetime
    access_point_id: int
    device: str | None
    method: str
    plan_id: int | None
    reason: str | None
    retry_at: datetime | None
    checks: str
    used_ticket: tuple[str, datetime] | None = None
    """The ticket's nonce, and when it would have expired."""
    remembered: RememberedDevice | None = None
    first_use_of: int | None = None
    """A voucher's number."""
    refused_voucher: int | None = None
    """The number of the voucher that was refused."""
    reserved: tuple[Subject, Stay] | None = None
    """What was granted to one device of somebody who may have several, for the other workers to set aside."""


_encode = msgspec.json.Encoder().encode


def record_of(outcome: Outcome) -> LoginRecord:
    """What is to be written down of a login."""
    decision = outcome.decision
    refusal = decision if isinstance(decision, Refuse) else None
    ticket, voucher, granted = outcome.used_ticket, outcome.first_use_of, outcome.session_class
    return LoginRecord(
        outcome.attempt.now,
        outcome.attempt.client.id,
        outcome.attempt.device,
        outcome.method.value,
        outcome.plan_id,
        refusal.reason.value if refusal else None,
        refusal.retry_at if refusal else None,
        _encode(decision.checks).decode(),
        (ticket.nonce, ticket.expires_at) if ticket is not None else None,
        _remembered(outcome),
        voucher.id if voucher is not None else None,
        _refused_voucher(outcome.refused) if refusal else None,
        (granted.subject, outcome.set_aside) if granted is not None and outcome.set_aside is not None else None,
    )


def _refused_voucher(subject: Subject | None) -> int | None:
    return int(subject.key) if subject is not None and subject.kind is SubjectKind.VOUCHER else None


def _remembered(outcome: Outcome) -> RememberedDevice | None:
    grant = outcome.remembered
    if grant is None:
        return None
    subject = grant.subject
    return RememberedDevice(
        grant.device, grant.plan_id, subject.kind.value, subject.key, outcome.terms_version, grant.expires_at
    )
