"""The first page: states, figures of today, and the chart of the last seven days."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest
from flask import Flask
from sqlalchemy import select

from captive_portal.staff.chart import figure
from hotspots.models import AccessPoint, AccessPointState, Authority, SessionCommand, UsageHour
from hotspots.sessions.usage import UsageSum
from tests.captive_portal.conftest import Clock
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import PHONE, Town, refuse
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]


def _heard(town: Town, at: datetime) -> None:
    with town.database.write() as db:
        db.merge(AccessPointState(access_point_id=town.ours, last_login_at=None, last_accounting_at=at))


def _used(town: Town, access_point_id: int, hour: datetime, sessions: int, up: int, down: int) -> None:
    with town.database.write() as db:
        db.add(
            UsageHour(
                hour=hour, access_point_id=access_point_id, sessions_started=sessions, session_seconds=3600,
                octets_up=up, octets_down=down,
            )
        )  # fmt: skip


def _figure(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="figure">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    read: dict[str, Any] = json.loads(found[1])
    return read


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, "Never heard"), (2, "Works"), (20, "Silent since 12:40"), (25 * 60, "Silent since 1 Mar, 12:00")],
)
def test_a_hotspot_is_as_its_access_point_was_heard(
    desk_of: Seated, town: Town, minutes: int | None, words: str
) -> None:
    if minutes is not None:
        _heard(town, NOW - timedelta(minutes=minutes))
    assert f"Urząd {words} 1" in desk_of("jan").go("/staff/").text


def test_a_removed_access_point_says_nothing_about_its_place(desk_of: Seated, town: Town) -> None:
    _heard(town, NOW - timedelta(minutes=2))
    with town.database.write() as db:
        here = db.get_one(AccessPoint, town.ours)
        db.add(
            AccessPoint(
                name="old", nas_identifier="old", hotspot=here.hotspot, make="openwrt", gateway="coovachilli",
                address="127.0.1.9", sealed_secret=b"", sealed_uam_secret=b"", removed_at=NOW,
            )
        )  # fmt: skip
    assert "Urząd Works 1" in desk_of("jan").go("/staff/").text


def test_the_figures_of_today_begin_at_midnight_in_warsaw(desk_of: Seated, town: Town) -> None:
    midnight = datetime(2026, 3, 1, 23, tzinfo=UTC)
    _used(town, town.ours, midnight, 3, 5_000_000, 70_000_000)
    _used(town, town.ours, midnight - timedelta(hours=1), 9, 10**9, 10**9)
    with town.database.write() as db:
        refuse(db, town.ours, PHONE, None, at=midnight)
        refuse(db, town.ours, PHONE, None, at=midnight + timedelta(hours=1))
        refuse(db, town.ours, PHONE, None, at=midnight - timedelta(seconds=1))
        refuse(db, town.ours, PHONE, "device_not_remembered", at=midnight + timedelta(hours=2))
    text = desk_of("jan").go("/staff/").text
    assert "Online now 1 Logins today 2 Refused today 1 Data today 75 MB ↓ 70 MB down, ↑ 5 MB up" in text
    assert "Never heard 1 2 1 70 MB 5 MB" in text


def test_the_powiat_adds_its_gminas_up(desk_of: Seated, town: Town) -> None:
    _used(town, town.ours, NOW, 1, 1_000_000, 2_000_000)
    _used(town, town.theirs, NOW, 1, 10_000_000, 20_000_000)
    assert "Data today 33 MB" in desk_of("anna").go("/staff/").text
    assert "Data today 3 MB" in desk_of("jan").go("/staff/").text
    assert "Data today 30 MB" in desk_of("ewa").go("/staff/").text


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (NOW, datetime(2026, 3, 1, 23, tzinfo=UTC)),
        (datetime(2026, 7, 2, 21, 59, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC)),
        (datetime(2026, 7, 1, 22, 1, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC)),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ],
)
def test_the_chart_breaks_days_at_midnight_in_warsaw(
    desk_of: Seated, town: Town, clock: Clock, now: datetime, midnight: datetime
) -> None:
    clock.now = now
    _used(town, town.ours, midnight, 3, 30, 300)
    _used(town, town.ours, midnight - timedelta(hours=1), 2, 20, 200)
    _used(town, town.theirs, midnight, 50, 5000, 50000)
    down, up, sessions = _figure(desk_of("jan").go("/staff/").html)["data"]
    assert (down["y"], up["y"], sessions["y"]) == (
        [0, 0, 0, 0, 0, 200, 300],
        [0, 0, 0, 0, 0, 20, 30],
        [0, 0, 0, 0, 0, 2, 3],
    )
    down, _, _ = _figure(desk_of("anna").go("/staff/").html)["data"]
    assert down["y"][-2:] == [200, 50300]


def test_the_table_beneath_says_what_the_chart_shows(desk_of: Seated, town: Town) -> None:
    _used(town, town.ours, NOW, 3, 5_000_000, 70_000_000)
    page = desk_of("jan").go("/staff/")
    assert "Mon, 2 Mar 3 1 hr 70 MB 5 MB" in page.text
    assert _figure(page.html)["data"][0]["x"][-1] == "Mon, 2 Mar"


@pytest.mark.parametrize("most", [0, 1, 9, 10**6, 123_456_789, 10**15])
def test_the_figure_is_one_that_plotly_takes(app: Flask, most: int) -> None:
    days = {date(2026, 3, day): UsageSum(day, 60, 0, most) for day in range(1, 8)}
    with app.test_request_context():
        made = figure(days)
    colours = [trace["marker"].pop("color") for trace in made["data"]]
    assert colours == ["var(--down)", "var(--up)", "var(--sessions)"]
    drawn = go.Figure(made)
    ticks = drawn.layout.yaxis.tickvals
    assert 1 <= len(ticks) <= 5
    assert ticks[0] == 0
    assert most / 2 - 1 <= ticks[-1] <= most


def test_nobody_is_left_in_doubt_about_retention(desk_of: Seated, town: Town) -> None:
    page = desk_of("jan").go("/staff/")
    assert (
        "Nobody has decided this yet for: Gmina Bełżyce. Until then records are erased after 30 days" in page.text
    )
    assert "Decide how long" not in desk_of("ewa").go("/staff/").text
    assert "for: Powiat Lubelski, Gmina Bełżyce." in desk_of("anna").go("/staff/").text
    with town.database.write() as db:
        for authority in db.scalars(select(Authority)):
            authority.retention_mode = "A-no-duty"
    assert "Decide how long" not in desk_of("anna").go("/staff/").text


def _policy(town: Town, policy: str, gateway: str, signed_at: datetime | None = None) -> None:
    with town.database.write() as db:
        point = db.get_one(AccessPoint, town.ours)
        point.message_authenticator, point.gateway = policy, gateway
        db.merge(AccessPointState(access_point_id=town.ours, signed_at=signed_at))


FORGED = "Logins at these access points can be forged"
DEMAND = "hotspots ap change belzyce-urzad-1 --message-authenticator required"


def test_who_need_not_sign_stands_in_red_with_the_commands_of_its_make(desk_of: Seated, town: Town) -> None:
    assert FORGED not in desk_of("jan").go("/staff/").text
    _policy(town, "optional", "mikrotik")
    page = desk_of("jan").go("/staff/")
    assert 'class="told failed"' in page.html
    assert (
        "On the device: /radius set [find service~hotspot] require-message-auth=yes-for-request-resp" in page.text
    )
    assert f"On the server, once it signs: {DEMAND}" in page.text
    _policy(town, "optional", "mikrotik", signed_at=NOW)
    page = desk_of("jan").go("/staff/")
    assert DEMAND in page.text
    assert "On the device:" not in page.text, "it signs already"


def test_who_learns_stands_there_until_it_has_signed(desk_of: Seated, town: Town) -> None:
    _policy(town, "learn", "wispr")
    page = desk_of("jan").go("/staff/")
    assert FORGED in page.text
    assert "Newer firmware of its maker." in page.text
    _policy(town, "learn", "wispr", signed_at=NOW)
    assert FORGED not in desk_of("jan").go("/staff/").text


def test_those_of_another_gmina_are_not_shown(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        for point in db.scalars(select(AccessPoint).where(AccessPoint.id != town.ours)):
            point.message_authenticator = "optional"
    assert FORGED not in desk_of("jan").go("/staff/").text


def test_sessions_that_outlive_their_disconnect_are_said_to_whom_they_concern(town: Town, desk_of: Seated) -> None:
    words = "Told to end more than ten minutes ago, and still online: 1."
    with town.database.write() as db:
        asked = {"cause": "staff", "asked_by": "ewa", "state": "acked", "answered_at": NOW - timedelta(minutes=11)}
        for kind, session in (("disconnect", town.their_session), ("change", town.our_session)):
            db.add(SessionCommand(session_id=session, kind=kind, asked_at=NOW - timedelta(minutes=11), **asked))
    assert words in desk_of("ewa").go("/staff/").text
    assert words in desk_of("anna").go("/staff/").text
    assert "still online" not in desk_of("jan").go("/staff/").text
