from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from hotspots import audit
from hotspots.database import Database
from hotspots.jobs.old_audit_entries import delete_old_audit_entries
from hotspots.models import AuditEntry, LegalHold
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


YEARS = timedelta(days=730)
"""After these the entries of the tests are one day past the end of their month."""


def _months(database: Database) -> None:
    """An entry in each of 40 months."""
    for number in range(40):
        with database.write() as session:
            audit.append(
                session, actor="jan", action="a", subject=f"{number}", now=NOW + timedelta(days=31 * number)
            )


def _verdict(database: Database) -> audit.Verdict:
    with database.read() as session:
        return audit.verify(session)


def _subjects(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(AuditEntry.subject).order_by(AuditEntry.id)))


def test_old_entries_go_by_the_month_and_the_chain_goes_on_from_the_anchor(database: Database) -> None:
    _months(database)
    now = NOW + timedelta(days=31 * 39)

    assert delete_old_audit_entries(database, now, YEARS) == 15
    assert delete_old_audit_entries(database, now, YEARS) == 0, "no anchor is written for nothing"
    assert _subjects(database) == [*(str(number) for number in range(15, 40)), "audit log"]
    assert (_verdict(database).entries, _verdict(database).broken_at) == (26, None)

    assert delete_old_audit_entries(database, now + YEARS * 2, YEARS) == 26, "the first anchor among them"
    assert _subjects(database) == ["audit log"]
    assert (_verdict(database).entries, _verdict(database).broken_at) == (1, None)


def test_more_than_one_transaction_holds_goes_with_an_anchor_each(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _months(database)
    monkeypatch.setattr("hotspots.jobs.old_audit_entries.ROWS", 4)
    monkeypatch.setattr("hotspots.jobs.batches.ROWS", 4)
    assert delete_old_audit_entries(database, NOW + timedelta(days=31 * 39), YEARS) == 15
    assert _subjects(database) == [*(str(number) for number in range(15, 40)), *["audit log"] * 4]
    assert _verdict(database).broken_at is None


def test_who_deletes_or_alters_beside_the_job_breaks_the_chain(database: Database) -> None:
    _months(database)
    delete_old_audit_entries(database, NOW + timedelta(days=31 * 39), YEARS)
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id <= 17))
    assert _verdict(database).broken_at == 18
    with database.engine.begin() as connection:
        connection.execute(update(AuditEntry).where(AuditEntry.action == audit.ANCHOR).values(detail={}))
    assert _verdict(database).broken_at == 18


def test_an_anchor_that_was_altered_to_hide_a_deletion_does_not_follow(database: Database) -> None:
    _months(database)
    delete_old_audit_entries(database, NOW + timedelta(days=31 * 39), YEARS)
    with database.engine.begin() as connection:
        digest = connection.scalar(select(AuditEntry.digest).where(AuditEntry.id == 17))
        connection.execute(delete(AuditEntry).where(AuditEntry.id <= 17))
        forged = {"digest": digest, "last": 17}
        connection.execute(update(AuditEntry).where(AuditEntry.action == audit.ANCHOR).values(detail=forged))
    assert _verdict(database).broken_at == 41


def test_what_was_done_since_a_hold_was_placed_stays_until_it_ends(database: Database) -> None:
    _months(database)
    placed, now = NOW + timedelta(days=31 * 3), NOW + timedelta(days=31 * 39)
    hold = LegalHold(
        kind="device", subject="02:11:22:33:44:55", reason="PR 1/26", ordered_by="Anna", placed_at=placed,
        until=now + timedelta(days=1),
    )  # fmt: skip
    with database.write() as session:
        session.add(hold)
    assert delete_old_audit_entries(database, now, YEARS) == 3
    assert delete_old_audit_entries(database, now + timedelta(days=1), YEARS) == 12


def test_an_entry_goes_with_the_transaction_that_it_tells_of(database: Database) -> None:
    with database.write() as session:
        audit.append(session, actor="jan", action="a", subject="b", now=NOW)
        session.rollback()
    with database.read() as session:
        assert audit.verify(session).entries == 0
