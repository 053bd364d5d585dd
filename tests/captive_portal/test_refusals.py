from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.sentences import SENTENCES
from hotspots import keys, models, vouchers
from hotspots.database import Database
from hotspots.policy import Reason
from hotspots.sessions.accounting import Status
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.network import make_voucher
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.hotspots.places import NOW

WANTED = "http://example.org/news"


@dataclass
class Refusals:
    """The portal's own refusals: as staff find them, and as they are counted."""

    database: Database

    def counted(self, reason: Reason) -> float:
        return REGISTRY.get_sample_value("hotspots_portal_refusals_total", {"reason": reason.value}) or 0.0

    def last(self) -> models.LoginDecision:
        with self.database.read() as db:
            return db.scalars(select(models.LoginDecision).order_by(models.LoginDecision.id.desc()).limit(1)).one()


@pytest.fixture
def refusals(network: Database) -> Refusals:
    return Refusals(network)


def _signed(chilli: FakeCoovaChilli) -> str:
    return chilli.redirect(chilli.client(), "notyet")


@pytest.mark.parametrize("change", [("02-11-22", "02-11-23"), ("&md=", "&mdx="), ("10.1.0.1", "10.1.0.2")])
def test_a_forged_redirect(
    browser: Browser, chilli: FakeCoovaChilli, refusals: Refusals, change: tuple[str, str]
) -> None:
    before = refusals.counted(Reason.VISIT_FORGED)

    page = browser.go(_signed(chilli).replace(*change))

    assert browser.status == 403
    assert page.heading == "This address was not made by our hotspot"
    assert page.forms == []
    found = refusals.last()
    assert (found.reason, found.at_door, found.device) == ("visit_forged", "portal", None)
    assert found.access_point_id is not None
    assert refusals.counted(Reason.VISIT_FORGED) == before + 1


def test_a_gateway_with_another_secret(browser: Browser, chilli: FakeCoovaChilli) -> None:
    chilli.uam_secret = "guessed"
    assert browser.go(WANTED).heading == "This address was not made by our hotspot"


def test_a_signed_redirect_that_leads_out_of_the_gateways_network(
    browser: Browser, chilli: FakeCoovaChilli
) -> None:
    chilli.uam_ip = "8.8.8.8"

    browser.go(WANTED)

    assert browser.status == 403
    assert "8.8.8.8" not in browser.page.html
    assert "8.8.8.8" not in browser.response.headers["Content-Security-Policy"]


def test_an_access_point_without_uam_secret_is_taken_unsigned(
    browser: Browser, chilli: FakeCoovaChilli, network: Database
) -> None:
    with network.write() as db:
        db.scalars(select(models.AccessPoint)).one().sealed_uam_secret = network.vault.seal(SecretStr(""))
    chilli.uam_secret = ""
    browser.go(WANTED)

    assert browser.submit("/enter").heading == "You are online"


@pytest.mark.parametrize("nas_identifier", ["somebody-else", ""])
def test_a_foreign_access_point(
    browser: Browser, chilli: FakeCoovaChilli, refusals: Refusals, nas_identifier: str
) -> None:
    chilli.nas_identifier = nas_identifier

    page = browser.go(WANTED)

    assert (browser.status, page.heading) == (403, "This hotspot is not one of ours")
    assert (refusals.last().reason, refusals.last().access_point_id) == ("access_point_unknown", None)


def test_an_access_point_out_of_service_is_foreign(browser: Browser, network: Database) -> None:
    with network.write() as db:
        db.scalars(select(models.AccessPoint)).one().removed_at = NOW
    assert browser.go(WANTED).heading == "This hotspot is not one of ours"


def test_an_access_point_of_another_make_has_a_door_of_its_own(
    browser: Browser, chilli: FakeCoovaChilli, network: Database
) -> None:
    with network.write() as db:
        db.scalars(select(models.AccessPoint)).one().gateway = "aruba"
    page = browser.go(_signed(chilli))
    assert browser.status == 403
    assert page.forms == []


def test_a_page_that_was_open_for_too_long(browser: Browser, refusals: Refusals, clock: Clock) -> None:
    browser.go(WANTED)
    clock.pass_by(minutes=10, seconds=1)

    page = browser.submit("/enter")

    assert (browser.status, page.heading) == (409, "This page was open for too long")
    assert (refusals.last().reason, refusals.last().device) == ("visit_stale", "02:11:22:33:44:55")
    assert page.links["Try again"] == "http://10.1.0.1:3990/prelogin"
    assert browser.click("Try again").heading == "Urząd"
    assert browser.submit("/enter").heading == "You are online"


def test_a_form_that_we_did_not_make(browser: Browser, refusals: Refusals) -> None:
    browser.go(WANTED)
    token = browser.page.form("/enter").fields["visit"]

    # Not the last character: some of its bits mean nothing in base 64.
    page = browser.submit("/enter", visit=token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:])

    assert (browser.status, page.heading) == (403, "This address was not made by our hotspot")
    assert refusals.last().reason == "visit_forged"


def test_a_status_page_of_yesterday(browser: Browser, clock: Clock) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    clock.pass_by(hours=24, seconds=1)

    browser.go(browser.address)

    assert browser.status == 403


def test_the_visit_of_a_login_page_shows_no_other_device(browser: Browser, chilli: FakeCoovaChilli) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    chilli.device = "02:99:99:99:99:99"
    browser.go(WANTED)
    token = browser.page.form("/enter").fields["visit"]

    page = browser.go(f"{BASE}/status?visit={token}")

    assert page.heading == "We see no connection of this device"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ABCD-EFGH", "A code has 12 characters; you typed 8."),
        ("", "A code has 12 characters; you typed 0."),
        ("ABCD-EFGH-10O1", "A code never contains 1 0 O."),
        ("<b>ABCD-EFG", "A code never contains < >."),
        ("ABCD-EFGH-2222", "One character is wrong, or two are swapped."),
    ],
)
def test_a_mistyped_voucher_is_explained_at_its_field(
    browser: Browser, radius: RadiusStandIn, typed: str, sentence: str
) -> None:
    browser.go(WANTED)

    page = browser.submit("/voucher", code=typed)

    assert browser.status == 422
    assert sentence in page.text
    field = page.attributes["code"]
    assert field["aria-invalid"] == "true"
    assert "code-error" in (field["aria-describedby"] or "").split()
    assert "code-error" in page.attributes
    assert field["value"] == typed
    assert "b" not in page.tags
    assert radius.outcomes == []


def test_a_voucher_that_nobody_made(browser: Browser, refusals: Refusals) -> None:
    browser.go(WANTED)

    page = browser.submit("/voucher", code=vouchers.new_code())

    assert browser.status == 403
    assert "We do not know this voucher" in page.text
    assert page.attributes["code"]["aria-invalid"] == "true"
    assert (refusals.last().reason, refusals.last().method) == ("unknown_user", "voucher")


def test_a_voucher_that_is_used_up(
    browser: Browser,
    radius: RadiusStandIn,
    network: Database,
    secret_key: SecretStr,
    refusals: Refusals,
    clock: Clock,
) -> None:
    code = make_voucher(network, secret_key, total_octets=1_000_000)
    browser.go(WANTED)
    browser.submit("/voucher", code=code)
    radius.account(Status.START)
    clock.pass_by(minutes=5)
    radius.account(Status.STOP, seconds=300, down=1_000_000, cause="Session-Timeout")
    browser.go("http://10.1.0.1:3990/logoff")
    browser.go(WANTED)

    page = browser.submit("/voucher", code=code)

    assert (browser.status, page.heading) == (403, "This voucher is used up")
    assert refusals.last().reason == "voucher_used_up"
    assert code not in str(refusals.last().checks)


def test_a_voucher_that_was_withdrawn_or_is_too_old(
    browser: Browser, network: Database, secret_key: SecretStr, clock: Clock
) -> None:
    withdrawn, old = make_voucher(network, secret_key), make_voucher(network, secret_key)
    with network.write() as db:
        row = vouchers.find(db, keys.derive(secret_key, keys.VOUCHER_LOOKUP), withdrawn)
        assert row is not None
        vouchers.revoke(db, row, revoked_by="anna", now=NOW)
    browser.go(WANTED)
    assert browser.submit("/voucher", code=withdrawn).heading == "This voucher was withdrawn"

    clock.pass_by(days=31)
    browser.go(WANTED)
    assert browser.submit("/voucher", code=old).heading == "The time of this voucher is over"


def _use(radius: RadiusStandIn, clock: Clock, *, octets: int = 0, **duration: float) -> None:
    radius.account(Status.START)
    clock.pass_by(**duration)
    seconds = int(timedelta(**duration).total_seconds())
    radius.account(Status.STOP, seconds=seconds, down=octets, cause="Session-Timeout")


def test_the_pause_is_not_over(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, refusals: Refusals, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    _use(radius, clock, hours=4)
    chilli.logoff()
    clock.pass_by(minutes=5)
    browser.go(WANTED)

    page = browser.submit("/enter")

    assert (browser.status, page.heading) == (409, "Time for a short pause")
    assert "You can go online again today at 17:15 ." in page.text
    assert refusals.last().retry_at == NOW + timedelta(hours=4, minutes=15)
    assert "/enter" not in {form.action for form in page.forms}
    assert "/voucher" in {form.action for form in page.forms}
    clock.pass_by(minutes=10)
    browser.go(WANTED)
    assert browser.submit("/enter").heading == "You are online"


def test_the_data_of_the_day_are_spent(
    browser: Browser, radius: RadiusStandIn, chilli: FakeCoovaChilli, clock: Clock
) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    _use(radius, clock, octets=100_000_000, minutes=10)
    chilli.logoff()
    browser.language = "pl"
    browser.go(WANTED)

    page = browser.submit("/enter")

    assert (browser.status, page.heading) == (409, "Dane na dziś są wykorzystane")
    assert "Możesz znowu połączyć się z Internetem: wtorek, 3 marca, 00:00" in page.text


def test_a_blocked_device_is_told_whom_to_ask(browser: Browser, radius: RadiusStandIn, network: Database) -> None:
    browser.go(WANTED)
    browser.submit("/enter")
    with network.write() as db:
        db.scalars(select(models.DeviceGrant)).one().blocked_at = NOW
        db.scalars(select(models.Authority).where(models.Authority.slug == "belzyce")).one().phone = "81 516 27 00"
    browser.go("http://10.1.0.1:3990/logoff")
    browser.go(WANTED)

    page = browser.submit("/enter")

    assert page.heading == "This device has been blocked"
    assert page.links["81 516 27 00"] == "tel:815162700"
    assert page.forms == []


@pytest.mark.parametrize("reason", Reason)
def test_what_radius_refused_a_moment_ago_is_explained(
    browser: Browser, chilli: FakeCoovaChilli, network: Database, reason: Reason
) -> None:
    with network.write() as db:
        point = db.scalars(select(models.AccessPoint)).one()
        db.add(
            models.LoginDecision(
                at=NOW,
                at_door="radius",
                access_point_id=point.id,
                device=chilli.device,
                method="ticket",
                reason=reason.value,
                retry_at=NOW + timedelta(minutes=5),
            )
        )

    page = browser.go(chilli.redirect(chilli.client(), "failed"))

    assert browser.status == 200
    assert page.heading == SENTENCES[reason].heading._args[0]
    assert "today at 13:05" in page.text


def test_a_refusal_that_is_not_ours_means_that_nobody_answered(browser: Browser, chilli: FakeCoovaChilli) -> None:
    page = browser.go(chilli.redirect(chilli.client(), "failed"))
    assert page.heading == "We cannot check this just now"


def test_a_database_that_does_not_answer_is_no_dead_end(
    browser: Browser, network: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with network.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE access_point_states")
        connection.exec_driver_sql("ALTER TABLE access_points RENAME TO gone")

    page = browser.go(WANTED)

    assert (browser.status, page.heading) == (503, "We cannot check this just now")
    assert "no such table" in caplog.text or "UndefinedTable" in caplog.text
