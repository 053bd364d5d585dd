from __future__ import annotations

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from hotspots import models, vouchers
from hotspots.database import Database
from hotspots.policy import Accept, Reason, Refuse
from hotspots.sessions.accounting import Status
from tests.captive_portal.browser import Browser, Internet
from tests.captive_portal.conftest import Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.network import make_voucher
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.hotspots.places import NOW

WANTED = "http://example.org/news"


def test_a_resident_joins_taps_and_is_online(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli
) -> None:
    page = browser.go(WANTED)

    assert browser.status == 200
    assert page.heading == "Urząd"
    assert "Gmina Bełżyce" in page.text
    assert "4 hr at a time, then a pause of 15 min" in page.text
    assert "Up to 10 Mb/s" in page.text

    page = browser.submit("/enter")

    assert page.heading == "You are online"
    assert browser.status == 200
    (outcome,) = radius.outcomes
    assert isinstance(outcome.decision, Accept)
    assert outcome.attempt.device == "02:11:22:33:44:55"
    # The first clause of all; 1 is what was accepted before there were any.
    assert outcome.terms_version == 2
    assert chilli.client().authenticated
    with pytest.raises(Internet, match=WANTED):
        browser.click("Go on to the page that you wanted")


def test_the_password_of_a_ticket_is_in_no_address(browser: Browser, radius: RadiusStandIn) -> None:
    browser.go(WANTED)
    browser.submit("/enter")

    password = radius.tickets.password(radius.outcomes[0].attempt.user_name)
    assert any("/logon?" in url for url in browser.visited)
    assert not any(password in url for url in browser.visited)


def test_a_voucher_opens_the_way_however_it_is_typed(
    browser: Browser, radius: RadiusStandIn, network: Database, secret_key: SecretStr
) -> None:
    code = make_voucher(network, secret_key)
    browser.go(WANTED)

    page = browser.submit("/voucher", code=f" {vouchers.grouped(code).lower()} ")

    assert page.heading == "You are online"
    assert radius.outcomes[0].decision.checks[0].rule == "credential"
    with network.read() as db:
        assert db.scalars(select(models.Voucher)).one().first_used_at == NOW


def test_the_status_page_says_what_is_left_and_how_old_that_is(
    browser: Browser, radius: RadiusStandIn, clock: Clock
) -> None:
    browser.go(WANTED)
    page = browser.submit("/enter")
    assert "begins to count within a minute" in page.text

    radius.account(Status.START)
    clock.pass_by(minutes=30)
    radius.account(Status.INTERIM, seconds=1800, up=5_000_000, down=20_000_000)
    clock.pass_by(minutes=2)
    page = browser.click("Update now")

    assert "3 hr 28 min" in page.text
    assert "until today at 17:00" in page.text
    assert "75 MB of 100 MB" in page.text
    assert "counted them 2 min ago" in page.text
    assert "30 min · 25 MB" in page.text
    assert "a pause of 15 min" in page.text


def test_nothing_refreshes_itself_unless_it_is_asked_to(browser: Browser) -> None:
    browser.go(WANTED)
    page = browser.submit("/enter")
    assert not page.refreshes

    page = browser.click("Update this page each minute by itself")
    assert page.refreshes
    page = browser.click("Stop that")
    assert not page.refreshes


def test_before_the_time_is_over_there_is_a_warning(browser: Browser, radius: RadiusStandIn, clock: Clock) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    clock.pass_by(hours=3, minutes=56)
    radius.account(Status.INTERIM, seconds=14160)

    page = browser.click("Update now")

    assert "Your time is nearly over: 4 min are left" in page.text


def test_a_gateway_that_fell_silent_is_not_called_online(
    browser: Browser, radius: RadiusStandIn, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    clock.pass_by(minutes=16)

    page = browser.click("Update now")

    assert page.heading == "You may be offline"
    assert "last told us about this device 16 min ago" in page.text


def test_logging_out_is_done_by_the_gateway(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    status = browser.address

    page = browser.submit("/logout")

    assert page.heading == "You are logged out"
    assert not chilli.client().authenticated
    clock.pass_by(minutes=1)
    radius.account(Status.STOP, seconds=60, cause="User-Request")
    page = browser.go(status)
    assert page.heading == "You are offline"
    assert "You logged out. That was today at 13:01." in page.text
    assert browser.click("Go online again").heading == "Urząd"


def test_a_device_that_moved_on_is_logged_out_by_a_disconnect(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, network: Database
) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    radius.account(Status.START)
    with network.write() as db:
        old = db.scalars(select(models.AccessPoint)).one()
        new = models.AccessPoint(
            name="other", nas_identifier="other", hotspot=old.hotspot, make="openwrt", gateway="coovachilli",
            address="127.0.1.2", sealed_secret=old.sealed_secret, sealed_uam_secret=old.sealed_uam_secret,
        )  # fmt: skip
        db.add(new)
        db.flush()
        db.scalars(select(models.Session)).one().access_point_id = new.id
    browser.click("Update now")

    browser.submit("/logout")
    browser.submit("/logout")

    assert chilli.client().authenticated
    with network.read() as db:
        command = db.scalars(select(models.SessionCommand)).one()
        assert (command.state, command.cause, command.asked_by) == ("asked", "user_request", "resident")


def test_who_is_online_already_sees_how_they_stand(browser: Browser, chilli: FakeCoovaChilli) -> None:
    browser.go(WANTED)
    browser.submit("/enter")

    page = browser.go("http://10.1.0.1:3990/prelogin")

    assert page.heading == "You are online"
    assert "Go on to the page that you wanted" not in page.links


def test_a_login_is_good_once(browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli) -> None:
    browser.go(WANTED)
    challenge = chilli.client().challenge
    browser.submit("/enter")
    logon = next(url for url in browser.visited if "/logon?" in url)
    chilli.logoff()
    chilli.client().challenge = challenge

    page = browser.go(logon)

    assert page.heading == "This login was used already"
    assert isinstance(radius.outcomes[-1].decision, Refuse)
    assert radius.outcomes[-1].decision.reason is Reason.TICKET_USED
    assert browser.click("Try again").heading == "Urząd"
    assert browser.submit("/enter").heading == "You are online"


def test_a_login_is_good_on_its_own_device_only(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli
) -> None:
    browser.go(WANTED)
    theirs = chilli.client().challenge
    chilli.device = "02:99:99:99:99:99"
    chilli.client().challenge = theirs

    # Their page is open on my device: the ticket counts for the device that the gateway named.
    page = browser.submit("/enter")

    assert page.heading == "This login was made for another device"
    assert radius.outcomes[-1].decision == Refuse(Reason.TICKET_OTHER_DEVICE)


def test_the_language_is_asked_for_without_cookies(browser: Browser) -> None:
    browser.language = "fr,en;q=0.5"
    assert browser.go(WANTED).language == "en"

    page = browser.click("Polski")

    assert (page.language, page.heading) == ("pl", "Urząd")
    assert "Bez konta, nazwiska i numeru telefonu" in page.text
    page = browser.click("Regulamin")
    assert (page.language, page.heading) == ("pl", "Regulamin publicznego Wi-Fi")
    page = browser.click("Wróć do strony logowania")
    assert (page.language, page.heading) == ("pl", "Urząd")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("fr", "pl"), ("", "pl"), ("en-GB", "en"), ("pl-PL,en", "pl"), ("uk", "uk"), ("fr,de-AT", "de")],
)
def test_the_browsers_language_is_taken_where_we_have_it(browser: Browser, accepted: str, language: str) -> None:
    browser.language = accepted
    assert browser.go(WANTED).language == language
