from datetime import UTC, date, datetime, timedelta

import pytest

from hotspots.database import Database
from hotspots.models import AccessPoint, Authority, Hotspot, UsageHour
from hotspots.sessions import usage
from hotspots.sessions.usage import UsageSum
from tests.hotspots.places import add_network


def _hour(access_point: AccessPoint, hour: datetime, sessions: int, up: int, down: int) -> UsageHour:
    return UsageHour(
        hour=hour,
        access_point_id=access_point.id,
        sessions_started=sessions,
        session_seconds=60 * sessions,
        octets_up=up,
        octets_down=down,
    )


def _second_place(access_point: AccessPoint) -> AccessPoint:
    here = access_point.hotspot
    other = Authority(slug="glusk", name="Gmina Głusk", kind="gmina")
    hotspot = Hotspot(
        slug="glusk-urzad", name="Urząd", authority=other, plan=here.plan, place_kind="office",
        address="", latitude=51.2, longitude=22.6, declared_range_m=100, ssid="Powiat",
    )  # fmt: skip
    return AccessPoint(
        name="glusk-urzad-1", nas_identifier="glusk-urzad-1", hotspot=hotspot, make="openwrt",
        gateway="coovachilli", address="127.0.1.2", sealed_secret=b"", sealed_uam_secret=b"",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 1, 23, tzinfo=UTC)),
        (datetime(2026, 7, 2, 12, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC)),
        # The clocks went forward in the night before, and back in the night before.
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)
def test_an_hour_counts_for_the_day_that_it_is_in_warsaw(
    database: Database, now: datetime, midnight: datetime
) -> None:
    with database.write() as db:
        here = add_network(db, database.vault)
        db.add_all([_hour(here, midnight - timedelta(hours=1), 1, 10, 100), _hour(here, midnight, 2, 20, 200)])
    with database.read() as db:
        days = usage.last_days(db, 7, now)
    assert list(days) == [now.date() - timedelta(days=back) for back in reversed(range(7))]
    assert days[now.date()] == UsageSum(2, 120, 20, 200)
    assert days[now.date() - timedelta(days=1)] == UsageSum(1, 60, 10, 100)
    assert sum(list(days.values())[:5], UsageSum()) == UsageSum()


def test_the_last_days_begin_at_midnight_in_warsaw(database: Database) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    first_midnight = datetime(2026, 2, 23, 23, tzinfo=UTC)
    with database.write() as db:
        here = add_network(db, database.vault)
        db.add_all(
            [_hour(here, first_midnight - timedelta(hours=1), 1, 1, 1), _hour(here, first_midnight, 1, 5, 7)]
        )
    with database.read() as db:
        days = usage.last_days(db, 7, now)
    assert days[date(2026, 2, 24)] == UsageSum(1, 60, 5, 7)
    assert sum(day.octets for day in days.values()) == 12


def test_sums_are_those_of_the_authorities_asked_for(database: Database) -> None:
    since = datetime(2026, 3, 2, 8, tzinfo=UTC)
    until = since + timedelta(hours=2)
    with database.write() as db:
        here = add_network(db, database.vault)
        there = _second_place(here)
        db.add(there)
        db.flush()
        db.add_all([_hour(here, since, 1, 1, 10), _hour(here, since + timedelta(hours=1), 1, 2, 20)])
        db.add_all([_hour(there, since, 1, 100, 1000), _hour(there, until, 1, 9, 9)])
        ours, theirs = here.hotspot, there.hotspot
    with database.read() as db:
        both = {ours.id: UsageSum(2, 120, 3, 30), theirs.id: UsageSum(1, 60, 100, 1000)}
        assert usage.by_hotspot(db, since, until) == both
        assert usage.by_hotspot(db, since, until, [ours.authority_id]) == {ours.id: both[ours.id]}
        assert usage.by_authority(db, since, until, [theirs.authority_id]) == {theirs.authority_id: both[theirs.id]}
        assert usage.by_hour(db, since, until) == {
            since: UsageSum(2, 120, 101, 1010),
            since + timedelta(hours=1): UsageSum(1, 60, 2, 20),
        }
        assert usage.by_hour(db, since, until, []) == {}
