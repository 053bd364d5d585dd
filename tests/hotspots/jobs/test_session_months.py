"""Sessions by month: where they lie on PostgreSQL, and that none is refused for its date."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from hotspots.bulk import transaction
from hotspots.database import Database
from hotspots.jobs.session_months import OTHER, make_months
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.accounting_store import apply
from tests.hotspots.places import add_network

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def network(postgresql_database: Database) -> Database:
    with postgresql_database.write() as db:
        add_network(db, postgresql_database.vault)
    return postgresql_database


def begin(database: Database, *moments: datetime) -> None:
    reports = [
        Report(Status.START, 1, moment, acct_session_id=f"{moment}", device="02:11:22:33:44:55")
        for moment in moments
    ]
    with transaction(database.engine) as db:
        apply(db, reports, NOW)


def where(database: Database) -> dict[str, int]:
    """How many sessions each partition holds."""
    with database.read() as db:
        rows = db.execute(text("SELECT tableoid::regclass::text, count(*) FROM sessions GROUP BY 1"))
        return {name: count for name, count in rows}  # noqa: C416 - dict() of rows has no type


def test_a_month_is_there_before_it_begins(network: Database) -> None:
    assert make_months(network, NOW) == 3
    begin(network, NOW, datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 31, 23, 59, tzinfo=UTC))
    assert where(network) == {"sessions_2026_11": 1, "sessions_2026_12": 1, "sessions_2027_01": 1}
    assert make_months(network, NOW + timedelta(days=1)) == 0
    assert make_months(network, NOW + timedelta(days=30)) == 1


def test_what_belongs_to_no_month_is_kept_and_moves_when_its_month_is_made(network: Database) -> None:
    begin(network, NOW, datetime(2021, 6, 30, 23, 59, 59, tzinfo=UTC))
    assert where(network) == {OTHER: 2}
    assert make_months(network, NOW) == 4
    assert where(network) == {"sessions_2021_06": 1, "sessions_2026_11": 1}


def test_a_session_that_turns_out_to_have_begun_a_month_earlier_moves(network: Database) -> None:
    make_months(network, NOW - timedelta(days=30))
    interim = Report(Status.INTERIM, 1, NOW, acct_session_id="s1", octets_up=7)
    late = Report(Status.START, 1, NOW - timedelta(days=25), acct_session_id="s1")
    with transaction(network.engine) as db:
        apply(db, [interim], NOW)
    with transaction(network.engine) as db:
        apply(db, [late], NOW)
    assert where(network) == {"sessions_2026_10": 1}
    with transaction(network.engine) as db:
        apply(db, [Report(Status.STOP, 1, NOW, acct_session_id="s1", session_seconds=25 * 86400, octets_up=9)], NOW)
    with network.read() as db:
        assert db.execute(text("SELECT octets_up, stopped_at FROM sessions")).all() == [(9, NOW)]


def test_two_nodes_that_make_it_at_once_make_it_once(network: Database) -> None:
    with ThreadPoolExecutor(4) as nodes:
        made = list(nodes.map(lambda _: make_months(network, NOW), range(4)))
    assert sum(made) == 3
    assert make_months(network, NOW) == 0


def test_sqlite_has_one_table(sqlite_database: Database) -> None:
    assert make_months(sqlite_database, NOW) == 0
