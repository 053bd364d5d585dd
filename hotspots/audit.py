"""The audit log: what members of staff did, as a chain of digests that shows when somebody changed it.

An entry is only ever appended. Its digest covers the digest before it, so that an entry that was altered, removed
from the middle or put in between breaks the chain from there on. Entries cut off at the end leave no gap: who wants
to notice that as well keeps the last digest elsewhere (printed, or in a mail) and compares.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from hotspots.models import AuditEntry

COMMAND_LINE: Final = "command line"
GENESIS: Final = "0" * 64
# Any number that nothing else locks: on PostgreSQL it makes those who append take turns.
_LOCK: Final = 0x6175646974


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the chain stands: entries in order, the last digest, and the first entry that does not fit, if any."""

    entries: int
    last_digest: str
    broken_at: int | None


def append(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write down what somebody did, in the transaction that does it.

    Args:
        session: A session of :meth:`hotspots.database.Database.write`.
        actor: The name of the member of staff, or ``command line``.
        action: What was done, such as ``voucher.revoke``.
        subject: What it was done to.
        now: When.
        detail: What else there is to say; plain JSON values, and never a secret.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    previous = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(at=now, actor=actor, action=action, subject=subject, detail=dict(detail or {}), digest="")
    entry.digest = digest(previous or GENESIS, entry)
    session.add(entry)
    session.flush()
    return entry


def digest(previous: str, entry: AuditEntry) -> str:
    """SHA-256, in hexadecimal, over the digest before and the entry as canonical JSON."""
    fields = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
    }
    text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def verify(session: Session) -> Verdict:
    """Follow the chain from its beginning to the first entry that does not fit."""
    previous, count = GENESIS, 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)):
        expected = digest(previous, entry)
        if not hmac.compare_digest(expected, entry.digest):
            return Verdict(count, previous, entry.id)
        previous, count = entry.digest, count + 1
    return Verdict(count, previous, None)


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: object, _connection: object, entry: AuditEntry) -> NoReturn:
    raise TypeError(f"audit entry {entry.id} is never changed or deleted")
