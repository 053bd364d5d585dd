"""Why somebody got on or did not, as staff read it on the page and at the prompt."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from msgspec.structs import asdict
from pydantic import SecretStr
from typer.testing import CliRunner

from captive_portal import explain_command
from hotspots import vouchers
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import LoginDecision, Session, Voucher
from hotspots.policy import Check
from hotspots.settings import Settings
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import NEIGHBOURS_PHONE, PHONE, Town, add_session, refuse
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
OTHER = "a2:00:00:00:00:05"
DAILY_TIME = asdict(Check("daily_time", 2700, 3600, 900))


def accept(town: Town, device: str, **more: Any) -> None:
    given = {"at": NOW - timedelta(hours=5), "method": "ticket", "checks": [DAILY_TIME]} | more
    place = given.pop("place", town.ours)
    with town.database.write() as db:
        refuse(db, place, device, None, **given)


def follow(town: Town, device: str, **when: Any) -> int:
    with town.database.write() as db:
        return add_session(db, when.pop("place", town.ours), f"s-{device}", device, **when).id


def test_what_let_a_device_in_is_told_with_its_rules_and_what_came_of_it(town: Town, desk_of: Seated) -> None:
    accept(town, OTHER)
    number = follow(
        town, OTHER, started_at=NOW - timedelta(hours=5) + timedelta(seconds=3), stopped_at=NOW - timedelta(hours=4)
    )
    page = desk_of("jan").go(f"/staff/explain?device={OTHER}")
    assert "Let in from the sign-in page." in page.text
    assert "Time today: 45 min of 1 hr used, 15 min left" in page.text
    assert "Online from 08:00 to 09:00; 33 MB. It ended: Signed out." in page.text
    assert page.links[f"Session {number}"] == f"/staff/sessions/{number}"


def test_a_refusal_is_told_with_what_to_do_and_when_it_works_again(town: Town, desk_of: Seated) -> None:
    with town.database.write() as db:
        refuse(db, town.ours, OTHER, "daily_time_spent", checks=[DAILY_TIME], retry_at=NOW + timedelta(minutes=9))
    text = desk_of("jan").go(f"/staff/explain?device={OTHER}").text
    assert "Today's time is used up. It starts anew at midnight. It works again from 13:09." in text
    assert "Time today: 45 min of 1 hr used" in text


@pytest.mark.parametrize(
    ("language", "what", "rule"),
    [
        ("pl", "w innym, zbyt odległym punkcie Wi-Fi", "20,3 km, a w tym czasie możliwe jest 1 km"),
        ("en", "was just at another hotspot, too far away", "20.3 km, of 1 km that are possible in the time"),
    ],
)
def test_who_was_asked_again_is_told_with_the_way(
    town: Town, desk_of: Seated, language: str, what: str, rule: str
) -> None:
    with town.database.write() as db:
        refuse(db, town.ours, OTHER, "asked_again_moved", checks=[asdict(Check("way", 20_284, 1000, 0))])
    text = desk_of("jan").go(f"/staff/explain?device={OTHER}&lang={language}").text
    assert what in text
    assert rule in text


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "has not reported yet that it let the device through"), (5, "never reported that the device went online")],
)
def test_an_accept_without_a_session_is_found_by_its_time(
    town: Town, desk_of: Seated, minutes: int, words: str
) -> None:
    accept(town, OTHER, at=NOW - timedelta(minutes=minutes))
    assert words in desk_of("jan").go(f"/staff/explain?device={OTHER}").text


def test_one_of_long_ago_is_found_when_its_time_is_given(town: Town, desk_of: Seated) -> None:
    accept(town, OTHER, at=NOW - timedelta(days=3))
    desk = desk_of("jan")
    assert "Nothing was decided here" in desk.go(f"/staff/explain?device={OTHER}").text
    assert "Let in from" in desk.go(f"/staff/explain?device={OTHER}&at=2026-02-27 13:05").text
    assert "Nothing was decided here" in desk.go(f"/staff/explain?device={OTHER}&at=2026-02-27 13:16").text
    assert "Give a day and a time" in desk.go(f"/staff/explain?device={OTHER}&at=yesterday").text


def test_a_login_that_belongs_to_another_session_is_not_taken_for_it(town: Town, desk_of: Seated) -> None:
    accept(town, OTHER, place=town.theirs)
    accept(town, NEIGHBOURS_PHONE)
    follow(town, OTHER, started_at=NOW - timedelta(hours=5))
    assert "Nothing was decided here" in desk_of("anna").go(f"/staff/explain?device={OTHER}").text


def test_what_happened_in_another_gmina_is_not_told(town: Town, desk_of: Seated) -> None:
    accept(town, OTHER, place=town.theirs)
    number = follow(town, OTHER, place=town.theirs, started_at=NOW - timedelta(hours=5))
    with town.database.write() as db:
        refuse(db, town.theirs, OTHER, "pause_not_over")
    path = f"/staff/explain?device={OTHER}"
    assert "Nothing was decided here" in desk_of("jan").go(path).text
    assert desk_of("jan").status(f"/staff/explain/session/{number}") == 404
    assert desk_of("jan").status(f"/staff/explain/voucher/{town.their_voucher}") == 404
    told = desk_of("anna").go(path).text
    assert "Let in from" in told
    assert "the pause that must follow is not over" in told


def test_a_voucher_is_told_with_who_used_it_and_why_it_was_refused(town: Town, desk_of: Seated) -> None:
    accept(town, OTHER, method="voucher")
    number = follow(town, OTHER, started_at=NOW - timedelta(hours=5), stopped_at=NOW - timedelta(hours=4))
    with town.database.write() as db:
        session = db.get_one(Session, number)
        session.subject_kind, session.subject_key = "voucher", str(town.our_voucher)
        refuse(db, town.ours, None, "voucher_used_up", voucher_id=town.our_voucher)
        refuse(db, town.ours, PHONE, "voucher_revoked", voucher_id=town.our_voucher + 1)
    text = desk_of("jan").go(f"/staff/explain/voucher/{town.our_voucher}").text
    assert "Let in with a voucher. Online from 08:00 to 09:00" in text
    assert "The voucher's time or data is used up." in text
    assert "revoked" not in text


def test_a_session_is_told_with_what_was_refused_around_it(town: Town, desk_of: Seated) -> None:
    accept(town, OTHER)
    started = NOW - timedelta(hours=5)
    number = follow(town, OTHER, started_at=started, stopped_at=started + timedelta(minutes=20))
    with town.database.write() as db:
        refuse(db, town.ours, OTHER, "pause_not_over", at=started + timedelta(minutes=25))
        refuse(db, town.ours, OTHER, "device_blocked", at=started + timedelta(minutes=50))
    text = desk_of("jan").go(f"/staff/explain/session/{number}").text
    assert "Let in from the sign-in page." in text
    assert "the pause that must follow is not over" in text
    assert "blocked" not in text


def test_pages_that_name_a_device_or_a_voucher_lead_here(town: Town, desk_of: Seated) -> None:
    desk = desk_of("jan")
    assert "/staff/explain?device=a2:00:00:00:00:01&amp;at=2026-03-02T12:40:00" in desk.go("/staff/refusals").html
    assert desk.status(f"/staff/explain?device={PHONE}&at=2026-03-02T12:40:00%2B01:00") == 200
    session = f"/staff/explain/session/{town.our_session}"
    assert session in desk.go(f"/staff/sessions/{town.our_session}").html
    assert f"/staff/explain/voucher/{town.our_voucher}" in desk.go(f"/staff/vouchers/{town.our_batch}").html
    device = desk.go(f"/staff/sessions?device={PHONE}").links["Why somebody got on, or did not"]
    assert device == f"/staff/explain?device={PHONE}"


def test_it_is_told_in_polish(town: Town, app: Flask) -> None:
    accept(town, OTHER, at=NOW - timedelta(minutes=5))
    desk = Desk(app, town.passwords, language="pl")
    desk.sign_in("jan")
    assert "Wpuszczono ze strony logowania." in desk.go(f"/staff/explain?device={OTHER}").text


def test_the_portal_writes_down_which_voucher_it_refused(
    town: Town, database: Database, app: Flask, secret_key: SecretStr
) -> None:
    admission = app.extensions["hotspots"].admission
    with database.write() as db:
        voucher = db.get_one(Voucher, town.our_voucher)
        vouchers.revoke(db, voucher, revoked_by="test", now=NOW)
        code = database.vault.open(voucher.sealed_code).get_secret_value()
    admission.by_voucher(town.ours, OTHER, code, 1, NOW)
    with database.read() as db:
        found = db.query(LoginDecision).filter_by(device=OTHER).one()
    assert (found.voucher_id, found.reason) == (town.our_voucher, "voucher_revoked")


@pytest.fixture
def prompt(town: Town, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("HOTSPOTS_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", settings.secret_key.get_secret_value())

    def ask(*arguments: str) -> str:
        result = CliRunner().invoke(explain_command.app, [*arguments])
        if isinstance(result.exception, HotspotsError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return ask


def test_the_same_at_the_prompt(town: Town, prompt: Callable[..., str]) -> None:
    accept(town, OTHER)
    number = follow(town, OTHER, started_at=NOW - timedelta(hours=5))
    text = prompt("--mac", "A2-00-00-00-00-05", "--at", "2026-03-02 08:00", "--language", "en")
    assert "2026-03-02 08:00:00  Let in from the sign-in page." in text
    assert "Time today: 45 min of 1 hr used, 15 min left" in text
    assert "Wpuszczono" in prompt("--session", str(number))
    (record,) = json.loads(prompt("--session", str(number), "--json"))
    assert record | {"what": "", "advice": ""} == {
        "at": "2026-03-02T07:00:00Z", "door": "radius", "access_point": "belzyce-urzad-1", "device": OTHER,
        "method": "ticket", "reason": None, "retry_at": None, "what": "", "advice": "", "rules": [DAILY_TIME],
        "session": number,
    }  # fmt: skip


def test_where_nothing_is_known_the_prompt_says_so(prompt: Callable[..., str]) -> None:
    assert "Nothing was decided here" in prompt("--mac", "a2:00:00:00:00:99", "--language", "en")


def test_a_voucher_at_the_prompt(town: Town, prompt: Callable[..., str]) -> None:
    with town.database.write() as db:
        refuse(db, town.ours, OTHER, "voucher_used_up", voucher_id=town.our_voucher)
        sealed = db.get_one(Voucher, town.our_voucher).sealed_code
    code = town.database.vault.open(sealed).get_secret_value().lower()
    assert "The voucher's time or data is used up." in prompt("--voucher", code, "--language", "en")


def test_what_cannot_be_asked_is_said(prompt: Callable[..., str]) -> None:
    for arguments, words in {
        (): "it is not said what to explain",
        ("--mac", OTHER, "--session", "1"): "it is not said what to explain",
        ("--mac", "xyz"): "xyz is no MAC address",
        ("--voucher", "AAAA-BBBB-CCCC"): "there is no voucher with this code",
        ("--session", "nothing"): "there is no open session nothing",
        ("--mac", OTHER, "--at", "noon"): "--at noon is no time",
        ("--mac", OTHER, "--language", "fr"): "there are no texts in fr",
    }.items():
        with pytest.raises(HotspotsError, match=words):
            prompt(*arguments)
