"""Nothing that is done again and again reads all of a table that grows: the plans of all its statements are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, text

from hotspots import keys
from hotspots.bulk import Bulk
from hotspots.bulk.postgresql import PostgresqlBulk
from hotspots.bulk.sqlite import SqliteBulk
from hotspots.database import Database
from hotspots.jobs.old_audit_entries import delete_old_audit_entries
from hotspots.logins import login_store
from hotspots.logins.admission import Admission
from hotspots.logins.login_records import LoginRecord, RememberedDevice
from hotspots.logins.news import Mark, read_all, read_news
from hotspots.logins.tickets import TicketDesk
from hotspots.models import AccessPoint, Account, AuditEntry, ServicePlan, VoucherBatch
from hotspots.policy import Reason, Subject, SubjectKind
from hotspots.processes.scheduler import JOBS
from hotspots.sessions import accounting_store, disconnect_orders
from hotspots.sessions.accounting import Report, Status
from hotspots.sessions.class_attribute import SessionClass
from hotspots.settings import Settings
from monitoring.runner import collectors
from tests.captive_portal.network import make_voucher
from tests.hotspots.places import add_network
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import Reading, WatchedCursor, watching, whole_readings

NOW: Final = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
"""Late in a month, of which a day is then a small part."""

DEVICE: Final = "a2:00:00:00:00:01"

WHOLE: Final = {
    ("a worker's start", "accounts"): "it decides logins from memory, and has to know all who may log in",
    ("a worker's start", "device_grants"): "the same",
    ("a worker's start", "vouchers"): "the same",
    (
        "a worker's start",
        "used_tickets",
    ): "they are those of the last quarter of an hour, most of which still count",
    ("news", "used_tickets"): "the same",
    ("metrics: inventory", "vouchers"): "they are counted, in an index",
    ("metrics: inventory", "device_grants"): "those that have not expired are counted: nearly all",
    ("metrics: usage", "usage_hours"): "the sum since the beginning, kept for an hour: 9,000 rows a year and place",
    ("metrics: commands", "session_commands"): "how many there are in each state, which are few",
}
"""What may be read whole, by what, and why."""


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        place = add_network(db, database.vault)
        place.hotspot.plan.daily_octets = 100_000_000
    return database


@pytest.fixture
def large(network: Database) -> Database:
    fill(network, NOW)
    return network


def unexpected(what: str, readings: list[Reading]) -> list[str]:
    return [f"{what} reads all of {one}" for one in readings if (what, one.table) not in WHOLE]


def test_a_worker_starts_and_follows_what_is_announced(large: Database) -> None:
    with watching() as start:
        mark = read_all(large, NOW).mark
    assert unexpected("a worker's start", whole_readings(large, start)) == []
    assert len(start.statements) >= 7
    topics = {"grants": DEVICE} | dict.fromkeys(
        ("vouchers", "voucher_batches", "accounts", "plans", "access_points"), "1"
    )
    with large.write() as db:
        for topic, key in topics.items():
            db.execute(text("INSERT INTO changes (topic, key, at) VALUES (:topic, :key, :at)"), _notice(topic, key))
    with watching() as news:
        read_news(large, Mark(mark.notice, frozenset({1, 2}), NOW), NOW, missed=True)
    assert unexpected("news", whole_readings(large, news)) == []
    assert len(news.statements) >= 9


def _notice(topic: str, key: str) -> dict[str, object]:
    return {"topic": topic, "key": key, "at": "2026-03-02 12:00:00.000000+00:00"}


def test_admission_at_the_portal(network: Database, secret_key: SecretStr) -> None:
    code = make_voucher(network, secret_key, total_octets=1_000_000)
    fill(network, NOW)
    tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
    admission = Admission(network, tickets, keys.derive(secret_key, keys.VOUCHER_LOOKUP))
    with watching() as watch:
        admission.by_tap(1, DEVICE, 1, NOW)
        admission.by_voucher(1, DEVICE, code, 1, NOW)
        admission.refuse_visit(Reason.VISIT_STALE, 1, DEVICE, NOW)
    assert unexpected("admission", whole_readings(network, watch)) == []
    assert sum("FROM sessions" in statement for statement in watch.statements) == 2


@pytest.mark.parametrize("job", JOBS, ids=lambda job: str(job.name))
def test_each_job(network: Database, job: Any, settings: Settings) -> None:
    del settings
    fill(network, NOW)
    with watching() as watch:
        job.run(network, NOW + timedelta(minutes=10))
    assert unexpected(f"job: {job.name}", whole_readings(network, watch)) == []
    assert watch.statements or (network.engine.dialect.name == "sqlite" and job.name == "make_session_months")


def test_the_job_that_shortens_the_audit_log(network: Database) -> None:
    entry = {"actor": "jan", "action": "a", "subject": "b", "detail": {}, "digest": "c"}
    with network.write() as db:
        db.execute(insert(AuditEntry), [entry | {"at": NOW + timedelta(hours=hour)} for hour in range(3_000)])
    fill(network, NOW)
    with watching() as watch:
        deleted = delete_old_audit_entries(network, NOW + timedelta(days=800), timedelta(days=730))
    assert deleted == 996, "the hours until May, 70 days later than the first of them"
    assert unexpected("job: delete_old_audit_entries", whole_readings(network, watch)) == []


@pytest.fixture
def settings(tmp_path: Any, secret_key: SecretStr) -> Settings:
    return Settings(data_dir=tmp_path, secret_key=secret_key)


@pytest.mark.parametrize("name", collectors())
def test_each_collector_of_metrics(large: Database, name: str) -> None:
    ask = collectors()[name]
    with watching() as watch, large.read() as db:
        list(ask(db, NOW))
    assert unexpected(f"metrics: {name}", whole_readings(large, watch)) == []
    assert watch.statements or name == "database"


def test_disconnects_are_found_and_settled(large: Database) -> None:
    with large.write() as db:
        db.execute(text("UPDATE session_commands SET state = 'asked' WHERE session_id = 100001"))
    with watching() as watch, large.write() as db:
        orders = disconnect_orders.take(db, disconnect_orders.waiting(db, NOW, 10), NOW)
        lost = disconnect_orders.SESSION_NOT_FOUND
        result = disconnect_orders.Result(disconnect_orders.State.NACKED, 1, lost, 3.0)
        disconnect_orders.settle(db, orders[0], result, NOW)
    assert unexpected("disconnects", whole_readings(large, watch)) == []
    assert sum("sessions" in statement for statement in watch.statements) >= 3


def test_limits_that_change_are_asked_of_running_sessions(large: Database) -> None:
    with watching() as watch, large.write() as db:
        db.get_one(ServicePlan, 1).rate_up_bps = 1000
        db.get_one(VoucherBatch, 1).total_octets = 1000
        db.get_one(Account, 100_000).expires_at = NOW + timedelta(days=9)
        db.get_one(AccessPoint, 1).hotspot.plan = ServicePlan(slug="y", name="y")
    assert unexpected("limits", whole_readings(large, watch)) == []
    assert sum("FROM sessions" in statement for statement in watch.statements) == 4


@pytest.fixture
def bulk_of(large: Database) -> Iterator[Callable[[Any], Bulk]]:
    """A bulk transaction whose statements are watched; the planner of PostgreSQL is left as it is otherwise."""
    connection = large.engine.raw_connection()
    with closing(connection.cursor()) as cursor:
        cursor.execute("BEGIN")
        kind = PostgresqlBulk if large.engine.dialect.name == "postgresql" else SqliteBulk
        yield lambda watch: kind(WatchedCursor(cursor, watch))
    connection.rollback()
    connection.close()


def test_accounting_and_logins_are_written(large: Database, bulk_of: Callable[[Any], Bulk]) -> None:
    with watching() as watch:
        bulk = bulk_of(watch)
        for reports in _life():
            accounting_store.apply(bulk, reports, NOW)
        login_store.apply(bulk, [_login()])
        bulk.finish()
    assert unexpected("the recorder", whole_readings(large, watch)) == []
    assert sum("sessions" in statement for statement in watch.statements) >= 5


def _life() -> Iterator[list[Report]]:
    """A session from its Start to its Stop, with a limit that it reaches, and an access point that restarts."""
    subject = Subject(SubjectKind.DEVICE, DEVICE)
    grant = SessionClass("abc", subject, 1, limit_seconds=None, limit_octets=5)
    for status, minutes in ((Status.START, 0), (Status.INTERIM, 5), (Status.STOP, 9)):
        at = NOW + timedelta(minutes=minutes)
        seconds, octets = minutes * 60, minutes * 10
        yield [
            Report(
                status,
                1,
                at,
                acct_session_id="one",
                device=DEVICE,
                session_seconds=seconds,
                octets_up=octets,
                grant=grant,
            )
        ]
    yield [Report(Status.ON, 1, NOW + timedelta(hours=1))]


def _login() -> LoginRecord:
    until: datetime = NOW + timedelta(days=1)
    remembered = RememberedDevice(DEVICE, 1, "device", DEVICE, 1, until)
    return LoginRecord(NOW, 1, DEVICE, "voucher", 1, None, None, "[]", ("nonce", until), remembered, 100_001)


def test_this_is_able_to_fail(large: Database) -> None:
    with large.engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_sessions_subject"))
    with watching() as watch, large.read() as db:
        db.execute(text("SELECT id FROM sessions WHERE subject_kind = 'device' AND subject_key = 'x'"))
    assert [one.table for one in whole_readings(large, watch)][:1] == ["sessions"]
