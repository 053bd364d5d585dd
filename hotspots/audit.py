"""The audit log: what members of staff did, as a chain of digests that shows when somebody changed it.

An entry is only ever appended. Its digest covers the digest before it, so that an entry that was altered, removed
from the middle or put in between breaks the chain from there on. Entries cut off at the end leave no gap: who wants
to notice that as well keeps the last digest elsewhere (`hotspots doctor` says it) and compares.

When the years are over for which they have to be kept, entries go from the beginning, and an entry at the end, the
anchor, says where the chain begins from then on. So who takes others away from the beginning breaks it, too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Final, NoReturn

from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session

from hotspots.models import AuditEntry

COMMAND_LINE: Final = "command line"
GENESIS: Final = "0" * 64
SCHEDULER: Final = "scheduler"
ANCHOR: Final = "retention.audit_log"
"""The action of an anchor. Its detail has the number and the digest of the last entry that was deleted."""
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
    _take_turn(session)
    previous = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(at=now, actor=actor, action=action, subject=subject, detail=dict(detail or {}), digest="")
    entry.digest = digest(previous or GENESIS, entry)
    session.add(entry)
    session.flush()
    return entry


def _take_turn(session: Session) -> None:
    """Until the transaction ends, nobody else appends or deletes; on SQLite nobody else writes at all."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


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


def delete_beginning(session: Session, before: datetime, most: int, now: datetime) -> int:
    """Delete entries from the beginning up to the first that is not older than ``before``; at most so many.

    The anchor is written in the same transaction, and is not deleted before another one stands.

    Returns:
        How many went.
    """
    _take_turn(session)
    row = AuditEntry
    beginning = session.execute(select(row.id, row.at, row.digest).order_by(row.id).limit(most)).all()
    old = list(takewhile(lambda entry: entry.at < before, beginning))
    if not old:
        return 0
    last = old[-1]
    append(
        session,
        actor=SCHEDULER,
        action=ANCHOR,
        subject="audit log",
        now=now,
        detail={
            "rows": len(old),
            "before": before.isoformat(timespec="seconds"),
            "last": last.id,
            "digest": last.digest,
        },
    )
    session.execute(delete(row).where(row.id <= last.id))
    return len(old)


def verify(session: Session) -> Verdict:
    """Follow the chain from its beginning, or from where the anchor says, to the first entry that does not fit."""
    previous, count = _beginning(session), 0
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)):
        expected = digest(previous, entry)
        if not hmac.compare_digest(expected, entry.digest):
            return Verdict(count, previous, entry.id)
        previous, count = entry.digest, count + 1
    return Verdict(count, previous, None)


def _beginning(session: Session) -> str:
    """The digest that the first entry continues."""
    anchor = session.scalar(
        select(AuditEntry).where(AuditEntry.action == ANCHOR).order_by(AuditEntry.id.desc()).limit(1)
    )
    # An anchor that somebody altered has no such text, or another one: then the first entry does not fit.
    return GENESIS if anchor is None else str(anchor.detail.get("digest"))


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: object, _connection: object, entry: AuditEntry) -> NoReturn:
    raise TypeError(f"audit entry {entry.id} is never changed or deleted")
