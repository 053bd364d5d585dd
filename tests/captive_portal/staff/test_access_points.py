"""The security cards as staff see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from captive_portal.staff.faults import DISCONNECTS, FAULTS
from hotspots.models import AccessPoint, AccessPointState
from hotspots.security.card import Disconnect, Fault
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]


@pytest.fixture
def heard(town: Town) -> Town:
    with town.database.write() as db:
        seen = {"last_login_at": NOW, "unsigned_at": NOW, "transport": "udp", "clock_skew_seconds": -90.4}
        db.add(AccessPointState(access_point_id=town.ours, **seen))
    return town


def test_a_card_says_what_is_wrong_and_what_mends_it(heard: Town, desk_of: Seated) -> None:
    text = desk_of("jan").go("/staff/access-points").text
    for words in (
        "F · belzyce-urzad-1",
        "Its secret has fewer than 16 characters, and can be guessed from its packets.",
        "hotspots ap secret change belzyce-urzad-1",
        "It sends logins without a signature",
        "Its clock is off by more than a minute.",
        "13 characters",
        "-90 s",
    ):
        assert words in text
    assert "radius secret" not in text


def test_each_gmina_sees_its_own(heard: Town, desk_of: Seated) -> None:
    assert "glusk-biblioteka-1" not in desk_of("jan").go("/staff/access-points").text
    all_of_them = desk_of("anna").go("/staff/access-points").text
    assert "It has never been heard, so nothing is known of it." in all_of_them
    assert all_of_them.index("belzyce-urzad-1") < all_of_them.index("glusk-biblioteka-1"), "the worst first"


def test_a_session_leads_to_the_card_of_its_access_point(heard: Town, desk_of: Seated) -> None:
    page = desk_of("jan").go(f"/staff/sessions/{heard.our_session}")
    assert page.links["belzyce-urzad-1"] == "/staff/access-points#belzyce-urzad-1"


def test_what_is_not_rolled_out_yet_is_said_beside_what_was_seen(heard: Town, desk_of: Seated) -> None:
    assert "RadSec" not in desk_of("jan").go("/staff/access-points").text
    with heard.database.write() as db:
        db.get_one(AccessPoint, heard.ours).radius_transport = "radsec"
    text = desk_of("jan").go("/staff/access-points").text
    assert "UDP; to be TLS (RadSec)" in text
    assert "hotspots config render belzyce-urzad-1" in text


def test_it_is_told_in_polish(heard: Town, app: Flask) -> None:
    desk = Desk(app, heard.passwords, language="pl")
    desk.sign_in("jan")
    assert "Wysyła logowania bez podpisu" in desk.go("/staff/access-points").text


def test_every_fault_and_every_outcome_has_its_words() -> None:
    assert set(FAULTS) == set(Fault)
    assert set(DISCONNECTS) == set(Disconnect)
