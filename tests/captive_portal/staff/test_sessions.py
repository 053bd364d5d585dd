"""The list of sessions and the button that ends one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hotspots.models import AuditEntry, Session, SessionCommand
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import PHONE, Town, add_session
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
ROW = re.compile(r'<th scope="row"><a href="(/staff/sessions/\d+)">')


def _commands(town: Town) -> list[SessionCommand]:
    with town.database.read() as db:
        return list(db.scalars(select(SessionCommand).order_by(SessionCommand.id)))


def _change(town: Town, **command: object) -> None:
    with town.database.write() as db:
        row = db.scalars(select(SessionCommand).order_by(SessionCommand.id.desc())).first()
        assert row is not None
        for name, value in command.items():
            setattr(row, name, value)


def _session(town: Town, **values: object) -> None:
    with town.database.write() as db:
        row = db.get_one(Session, town.our_session)
        for name, value in values.items():
            setattr(row, name, value)


def test_a_session_is_a_row_with_its_figures(desk_of: Seated) -> None:
    text = desk_of("jan").go("/staff/sessions").text
    # 11:50 UTC is 12:50 in Warsaw in March.
    assert f"{PHONE} Urząd belzyce-urzad-1 12:50 10 min 31 MB 2 MB" in text


def test_the_disconnect_is_asked_for_once_and_written_down(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    desk.go("/staff/sessions")
    page = desk.submit(f"/staff/sessions/{town.our_session}/disconnect")
    assert desk.path == f"/staff/sessions/{town.our_session}"
    assert "Asked for by jan 13:00 Not sent to the gateway yet No answer" in page.text

    assert desk.post(f"/staff/sessions/{town.our_session}/disconnect") == 303
    (command,) = _commands(town)
    assert (command.session_id, command.kind, command.cause, command.asked_by, command.state) == (
        town.our_session, "disconnect", "staff", "jan", "asked",
    )  # fmt: skip
    with town.database.read() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "session.disconnect")).all()
        assert [(entry.actor, entry.subject) for entry in entries] == [("jan", f"session {town.our_session}")]
    assert "being disconnected" in desk.go("/staff/sessions").text


def test_its_state_is_told_as_it_is_known(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    desk.go("/staff/sessions")
    desk.submit(f"/staff/sessions/{town.our_session}/disconnect")
    here = f"/staff/sessions/{town.our_session}"

    _change(town, sent_at=NOW + timedelta(seconds=1))
    assert "Sent to the gateway 13:00 No answer of the gateway yet" in desk.go(here).text

    _change(town, state="acked", attempts=2, answered_at=NOW + timedelta(seconds=3), round_trip_ms=20.0)
    page = desk.go(here)
    assert "Sent to the gateway, 2 times" in page.text
    assert "The gateway says that it disconnected the device 13:00 Not proved by accounting yet" in page.text
    assert all(form.action != f"{here}/disconnect" for form in page.forms)

    _session(town, updated_at=NOW + timedelta(minutes=5))
    page = desk.go(here)
    assert "Not proved: the device went on being online after that" in page.text
    assert any(form.action == f"{here}/disconnect" for form in page.forms)

    _change(town, state="proved", proved_at=NOW + timedelta(minutes=6))
    _session(town, stopped_at=NOW + timedelta(minutes=6), terminate_cause="Admin-Reset")
    page = desk.go(here)
    assert "Proved: accounting says that the session ended 13:06" in page.text
    assert "Ended 13:06 (Disconnected)" in page.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"state": "timed_out", "attempts": 3}, "The gateway did not answer"),
        ({"state": "nacked", "error_cause": 503}, "The gateway refused: the gateway knows no such session"),
        ({"state": "nacked", "error_cause": 999}, "The gateway refused: without saying why"),
        ({"state": "nacked", "error_cause": None}, "The gateway refused: without saying why"),
    ],
)
def test_what_failed_is_said_and_may_be_asked_again(
    desk_of: Seated, town: Town, answer: dict[str, object], words: str
) -> None:
    desk = desk_of("jan")
    desk.go("/staff/sessions")
    desk.submit(f"/staff/sessions/{town.our_session}/disconnect")
    _change(town, sent_at=NOW, **answer)

    page = desk.go(f"/staff/sessions/{town.our_session}")
    assert words in page.text
    desk.submit(f"/staff/sessions/{town.our_session}/disconnect")
    assert len(_commands(town)) == 2


def test_what_ended_meanwhile_is_not_ended_again(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    desk.go("/staff/sessions")
    _session(town, stopped_at=NOW)
    page = desk.submit(f"/staff/sessions/{town.our_session}/disconnect")
    assert "This session has ended by itself" in page.text
    assert _commands(town) == []


def test_the_button_needs_the_token_of_its_page(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    desk.go("/staff/sessions")
    assert desk.post_without_token(f"/staff/sessions/{town.our_session}/disconnect") == 400
    assert desk.status(f"/staff/sessions/{town.our_session}/disconnect") == 405
    assert _commands(town) == []


def _many(town: Town, count: int) -> None:
    """Ended sessions on both access points; every third ends at the same moment as the one before."""
    with town.database.write() as db:
        for number in range(count):
            moment = NOW - timedelta(minutes=number - number % 3)
            for place in (town.ours, town.theirs):
                device = f"b2:00:00:00:{number // 256:02x}:{number % 256:02x}"
                add_session(db, place, f"{place}-{number}", device, moment - timedelta(hours=1), moment)


@pytest.mark.parametrize(("name", "expected"), [("jan", 130), ("anna", 260)])
def test_pages_follow_each_other_without_gap_or_repetition(
    desk_of: Seated, town: Town, name: str, expected: int
) -> None:
    _many(town, 130)
    desk = desk_of(name)
    page = desk.go("/staff/sessions?show=recent")
    seen: list[str] = []
    pages = 0
    while True:
        seen += ROW.findall(page.html)
        pages += 1
        if "Older ones" not in page.links:
            break
        page = desk.go(page.links["Older ones"])
    with town.database.read() as db:
        ended = db.scalar(select(func.count()).where(Session.stopped_at.is_not(None)))
    assert ended == 260
    assert pages == -(-expected // 50)
    assert len(seen) == len(set(seen)) == expected


def test_a_filter_stays_on_the_next_page(desk_of: Seated, town: Town) -> None:
    _many(town, 60)
    desk = desk_of("anna")
    page = desk.go("/staff/sessions?show=recent&hotspot=belzyce-urzad")
    assert "glusk-biblioteka-1" not in page.text
    older = desk.go(page.links["Older ones"])
    assert "glusk-biblioteka-1" not in older.text
    assert "Older ones" not in older.links
    assert desk.go(older.links["Back to the newest"]).text == page.text


@pytest.mark.parametrize("key", ["x", "1", "-", "1-", "9" * 18 + "-1", "9" * 30 + "-1", "1-٣", "-1-2"])
def test_a_page_that_is_none_is_answered_all_the_same(desk_of: Seated, key: str) -> None:
    assert desk_of("jan").status(f"/staff/sessions?show=recent&after={key}") == 200


@pytest.mark.parametrize("typed", ["A2-00-00-00-00-01", "a200.0000.0001", " a2:00:00:00:00:01 "])
def test_a_device_is_found_however_it_is_written(desk_of: Seated, typed: str) -> None:
    page = desk_of("anna").go(f"/staff/sessions?device={typed}")
    assert PHONE in page.links
    assert "a2:00:00:00:00:02" not in page.html
    assert "The phone made this address up itself" in page.text


def test_what_is_no_address_is_explained_and_finds_nothing(desk_of: Seated) -> None:
    for path in ("/staff/sessions", "/staff/refusals"):
        page = desk_of("jan").go(f"{path}?device=my+phone")
        assert "A MAC address has 12 digits" in page.text
        assert PHONE not in page.html


def test_an_erased_device_is_said_to_be_erased(desk_of: Seated, town: Town) -> None:
    _session(town, device=None)
    assert "erased" in desk_of("jan").go("/staff/sessions").text
    assert "erased" in desk_of("jan").go(f"/staff/sessions/{town.our_session}").text


def test_a_session_says_where_its_figures_come_from(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    for source, words in {
        None: "The access point's own accounting (RADIUS)",
        "opennds": "What openNDS tells our portal (no RADIUS).",
        "unifi": "What the UniFi controller says when we ask it (no RADIUS).",
        "nodogsplash": "What nodogsplash says (no RADIUS)",
    }.items():
        _session(town, source=source)
        assert f"Where the figures come from {words}" in desk.go(f"/staff/sessions/{town.our_session}").text
