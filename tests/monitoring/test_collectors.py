"""What the collectors say of a network whose figures are known."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots.access_points import secret_change, sightings
from hotspots.access_points.sightings import Sighting
from hotspots.certificates import issuing, register
from hotspots.certificates.issuing import KeyKind
from hotspots.database import Database
from hotspots.models import AccessPoint, UsageHour
from monitoring.collectors.usage import UsageTotals
from monitoring.runner import DatabaseRunner, collectors
from tests.hotspots.places import NOW
from tests.monitoring.network import HOUR, fill

HERE = {"authority": "belzyce", "hotspot": "belzyce-urzad"}


def registry_of(database: Database, now: datetime = NOW) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(DatabaseRunner(database, collectors(), lambda: now))
    return registry


def test_the_figures_of_a_small_network(database: Database) -> None:
    fill(database, hotspots=2)
    registry = registry_of(database)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    there = {"authority": "belzyce", "hotspot": "place-1"}
    assert value("hotspots_sessions_open", **HERE) == 3
    assert value("hotspots_sessions_open", **there) == 0
    assert value("hotspots_traffic_bytes_total", **HERE, direction="up") == 4 << 32
    assert value("hotspots_traffic_bytes_total", **HERE, direction="down") == 4 << 40
    assert value("hotspots_traffic_bytes_total", **there, direction="down") == 0
    assert value("hotspots_sessions_started_total", **HERE) == 40
    assert value("hotspots_session_seconds_total", **HERE) == 4 * 3600
    heard = "hotspots_access_point_last_heard_timestamp_seconds"
    assert value(heard, **HERE, access_point="belzyce-urzad-1") == (NOW - timedelta(minutes=2)).timestamp()
    assert value(heard, **there, access_point="ap-1") == 0
    assert value("hotspots_access_point_up", **HERE, access_point="belzyce-urzad-1") == 1
    assert value("hotspots_access_point_up", **there, access_point="ap-1") == 0
    assert value("hotspots_inventory_items", kind="authorities") == 2
    assert value("hotspots_inventory_items", kind="hotspots") == 2
    assert value("hotspots_access_points", make="mikrotik", gateway="mikrotik") == 1
    assert value("hotspots_session_commands", state="asked") == 3
    assert value("hotspots_session_commands", state="proved") == 0
    assert value("hotspots_session_command_oldest_wait_seconds") == 22 * 60
    assert value("hotspots_session_commands_unproved") == 2
    assert value("hotspots_database_migrated") == 1
    assert (value("hotspots_database_size_bytes") or 0) > 4096
    assert {value("hotspots_collector_success", collector=name) for name in collectors()} == {1}


def test_a_former_secret_is_shown_while_there_is_one_and_whether_it_is_needed(database: Database) -> None:
    fill(database, hotspots=1)
    unused = "hotspots_access_point_former_secret_unused_seconds"
    of_it = {"access_point": "belzyce-urzad-1"}
    assert registry_of(database).get_sample_value(unused, of_it) is None
    began = NOW - timedelta(days=2)
    with database.write() as db:
        secret_change.change(
            *(db, database.vault, "belzyce-urzad-1", SecretStr("another secret")),
            at_once=False,
            actor="anna",
            now=began,
        )
    assert registry_of(database).get_sample_value(unused, of_it) == 0
    with database.write() as db:
        number = db.scalars(select(AccessPoint.id).where(AccessPoint.name == "belzyce-urzad-1")).one()
        sightings.write(db, [Sighting(number, secret_used=True)], NOW)
    assert registry_of(database).get_sample_value(unused, of_it) == timedelta(days=2).total_seconds()


def test_the_end_of_each_certificate_that_is_in_use_is_shown(database: Database) -> None:
    with database.write() as db:
        register.found_authority(db, database.vault, "authority", issuing.make_key(KeyKind.EC), NOW, 10)
        register.sign_for_server(db, database.vault, ["radius.example.org"], issuing.make_key(KeyKind.EC), NOW, 5)
    registry = registry_of(database)

    ends = "hotspots_certificate_expiry_timestamp_seconds"
    assert (
        registry.get_sample_value(ends, {"purpose": "authority", "name": "authority"})
        == (NOW + timedelta(days=10)).timestamp()
    )
    assert (
        registry.get_sample_value(ends, {"purpose": "server", "name": "radius.example.org"})
        == (NOW + timedelta(days=5)).timestamp()
    )


def test_an_hour_of_silence_is_silence(database: Database) -> None:
    fill(database)
    registry = registry_of(database, NOW + timedelta(minutes=59))
    labels = HERE | {"access_point": "belzyce-urzad-1"}

    assert registry.get_sample_value("hotspots_access_point_up", labels) == 0


def test_removed_access_points_are_not_missed_but_their_traffic_stays(database: Database) -> None:
    fill(database)
    with database.write() as db:
        db.query(AccessPoint).one().removed_at = NOW
    registry = registry_of(database)

    up = registry.get_sample_value("hotspots_access_point_up", HERE | {"access_point": "belzyce-urzad-1"})
    traffic = registry.get_sample_value("hotspots_traffic_bytes_total", HERE | {"direction": "up"})
    assert (up, traffic) == (None, 4 << 32)


def test_totals_follow_new_usage_at_once_and_late_usage_within_an_hour(database: Database) -> None:
    fill(database)
    totals = UsageTotals()

    def sessions(now: datetime) -> float:
        with database.read() as db:
            started = next(m for m in totals.collect(db, now) if m.name == "hotspots_sessions_started")
        return sum(sample.value for sample in started.samples)

    def add(hour: datetime) -> None:
        with database.write() as db:
            access_point = db.query(AccessPoint).one()
            db.add(UsageHour(hour=hour, access_point_id=access_point.id, sessions_started=1))

    assert sessions(NOW) == 40
    add(HOUR - timedelta(hours=2))
    assert sessions(NOW) == 41
    add(HOUR - timedelta(days=30))
    assert sessions(NOW) == 41
    assert sessions(NOW + timedelta(hours=2)) == 42


def test_a_failing_collector_takes_no_other_down(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    fill(database)

    def fails(_db: OrmSession, _now: datetime):  # type: ignore[no-untyped-def]
        yield GaugeMetricFamily("hotspots_half", "Half an answer.", value=1)
        raise RuntimeError("no such table")

    registry = CollectorRegistry()
    registry.register(DatabaseRunner(database, {"fails": fails} | collectors(), lambda: NOW))
    text = generate_latest(registry).decode()

    assert 'hotspots_collector_success{collector="fails"} 0.0' in text
    assert 'hotspots_collector_success{collector="usage"} 1.0' in text
    assert "hotspots_half" not in text
    assert "no such table" in caplog.text


def test_all_collectors_report_a_database_without_tables(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE usage_hours")
    registry = registry_of(database)

    outcomes = {
        name: registry.get_sample_value("hotspots_collector_success", {"collector": name}) for name in collectors()
    }
    assert outcomes == dict.fromkeys(collectors(), 1.0) | {"usage": 0.0}


def test_series_are_bounded_by_places_not_by_people(database: Database) -> None:
    fill(database, hotspots=22, residents=200)
    text = generate_latest(registry_of(database)).decode()
    series = [line for line in text.splitlines() if not line.startswith("#")]

    # Per site: sessions, traffic both ways, sessions begun, seconds, and two of its access point.
    per_site, fixed = 7, 60
    assert len(series) <= 22 * per_site + fixed
    assert "02:00:00" not in text
    assert "resident-" not in text
