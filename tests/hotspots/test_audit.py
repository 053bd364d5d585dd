import pytest
from sqlalchemy import delete, select, update

from hotspots import audit
from hotspots.database import Database
from hotspots.models import AuditEntry
from tests.hotspots.places import NOW


def _three_entries(database: Database) -> None:
    for number in range(3):
        with database.write() as session:
            audit.append(
                session,
                actor="jan",
                action="voucher.revoke",
                subject=f"voucher {number}",
                now=NOW,
                detail={"powód": "żółć", "count": number},
            )


def test_an_untouched_chain_is_whole(database: Database) -> None:
    _three_entries(database)
    with database.read() as session:
        verdict = audit.verify(session)
        last = session.scalar(select(AuditEntry.digest).order_by(AuditEntry.id.desc()).limit(1))
    assert (verdict.entries, verdict.broken_at, verdict.last_digest) == (3, None, last)


@pytest.mark.parametrize("column", ["actor", "action", "subject", "detail", "at", "digest"])
def test_an_altered_entry_breaks_the_chain_where_it_stands(database: Database, column: str) -> None:
    _three_entries(database)
    value = {"detail": {}, "at": NOW.replace(microsecond=1)}.get(column, "other")
    with database.engine.begin() as connection:
        connection.execute(update(AuditEntry).where(AuditEntry.id == 2).values({column: value}))
    with database.read() as session:
        verdict = audit.verify(session)
    assert (verdict.entries, verdict.broken_at) == (1, 2)


def test_a_removed_entry_breaks_the_chain_after_it(database: Database) -> None:
    _three_entries(database)
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id == 2))
    with database.read() as session:
        assert audit.verify(session).broken_at == 3


def test_the_last_digest_shows_that_the_end_was_cut_off(database: Database) -> None:
    _three_entries(database)
    with database.read() as session:
        before = audit.verify(session)
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id == 3))
    with database.read() as session:
        after = audit.verify(session)
    assert after.broken_at is None
    assert after.last_digest != before.last_digest


def test_an_entry_is_neither_changed_nor_deleted_by_the_program(database: Database) -> None:
    _three_entries(database)
    with pytest.raises(TypeError, match="never changed"), database.write() as session:
        session.get_one(AuditEntry, 1).actor = "nobody"
    with pytest.raises(TypeError, match="never changed"), database.write() as session:
        session.delete(session.get_one(AuditEntry, 1))
    with database.read() as session:
        assert audit.verify(session) == audit.Verdict(3, session.get_one(AuditEntry, 3).digest, None)


def test_an_entry_goes_with_the_transaction_that_it_tells_of(database: Database) -> None:
    with database.write() as session:
        audit.append(session, actor="jan", action="a", subject="b", now=NOW)
        session.rollback()
    with database.read() as session:
        assert audit.verify(session).entries == 0
