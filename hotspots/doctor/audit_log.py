"""A check of the audit log: that its chain of digests holds."""

from __future__ import annotations

from collections.abc import Iterator

from hotspots import audit
from hotspots.database import Database
from hotspots.doctor.finding import Finding, State


def check_audit_log(database: Database) -> Iterator[Finding]:
    """Whether somebody altered, removed or put in entries; the last digest, to be compared with an earlier one."""
    with database.read() as session:
        verdict = audit.verify(session)
    if verdict.broken_at is None:
        yield Finding("audit log", State.OK, f"{verdict.entries} entries, the last digest is {verdict.last_digest}")
        return
    yield Finding(
        "audit log",
        State.WRONG,
        f"entry {verdict.broken_at} does not follow the one before: somebody changed, removed or added entries by hand",
        "Restore a backup into another database and compare the entries (docs/backup.md)",
    )
