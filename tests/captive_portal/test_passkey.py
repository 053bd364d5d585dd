"""Passkeys in a real Chromium, with its virtual authenticator; and the password where there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import playwright.sync_api
import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.passkeys import PasskeyDesk
from hotspots import keys, models
from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.phones import phone_of
from tests.captive_portal.radius_stand_in import RadiusStandIn, stand_in
from tests.captive_portal.test_ways_in import choose
from tests.hotspots.mail_server import Mailbox
from tests.hotspots.places import NOW

ANNA = "anna@example.org"


@pytest.fixture
def radius(network: Database, secret_key: SecretStr) -> RadiusStandIn:
    return stand_in(network, secret_key)


@pytest.fixture
def gateway(
    network: Database, settings: Settings, mailbox: Mailbox, radius: RadiusStandIn
) -> Iterator[tuple[FakeCoovaChilli, str]]:
    with network.write() as db:
        db.scalars(select(models.ServicePlan)).one().daily_octets = None
    choose(network, "account")
    given = settings.model_copy(update=mailbox.settings)
    # Browsers have passkeys on localhost, as on https.
    with portal.behind_coovachilli(given, radius, host="localhost") as (_base, chilli, address):
        yield chilli, address


@pytest.fixture
def page(chromium: playwright.sync_api.Browser) -> Iterator[playwright.sync_api.Page]:
    with phone_of(chromium) as page:
        yield page


def give_authenticator(page: playwright.sync_api.Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def prove(page: playwright.sync_api.Page, address: str, mailbox: Mailbox) -> None:
    page.goto(address)
    page.get_by_role("link", name="No account yet, or the password forgotten?").click()
    page.get_by_label("Your e-mail address").fill(ANNA)
    page.get_by_role("button", name="Send me the code").click()
    page.get_by_label("Code of six digits").fill(mailbox.code())
    page.get_by_role("button", name="Go online").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose a password")


def test_a_passkey_is_made_and_lets_in_on_another_device(
    page: playwright.sync_api.Page,
    gateway: tuple[FakeCoovaChilli, str],
    mailbox: Mailbox,
    radius: RadiusStandIn,
    network: Database,
) -> None:
    chilli, address = gateway
    give_authenticator(page)
    prove(page, address, mailbox)
    page.get_by_role("button", name="Make a passkey and go online").click()
    expect(page.locator("h1.state")).to_be_visible()
    with network.read() as db:
        assert db.scalars(select(models.Account)).one().password_hash == "!"

    chilli.device = "02:11:22:33:44:56"
    page.goto(address)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.locator("h1.state")).to_be_visible()
    subjects = {outcome.remembered.subject for outcome in radius.outcomes if outcome.remembered}
    assert (len(radius.outcomes), len(subjects)) == (2, 1)

    with network.write() as db:
        db.delete(db.scalars(select(models.Passkey)).one())
    chilli.device = "02:11:22:33:44:57"
    page.goto(address)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_text("We do not know this passkey.")).to_be_visible()
    assert len(radius.outcomes) == 2


def test_a_browser_that_refuses_says_so_and_the_password_works(
    page: playwright.sync_api.Page, gateway: tuple[FakeCoovaChilli, str], mailbox: Mailbox
) -> None:
    page.add_init_script("navigator.credentials.create = () => Promise.reject(new Error('cancelled'))")
    prove(page, gateway[1], mailbox)
    page.get_by_role("button", name="Make a passkey and go online").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used.")
    page.get_by_label("Password of the account").fill("kuna lipa warkocz")
    page.get_by_role("button", name="Keep it and go online").click()
    expect(page.locator("h1.state")).to_be_visible()


def test_where_there_are_no_passkeys_there_is_no_button(
    page: playwright.sync_api.Page, gateway: tuple[FakeCoovaChilli, str]
) -> None:
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(gateway[1])
    expect(page.get_by_label("Password of the account")).to_be_visible()
    expect(page.get_by_role("button", name="Log in with a passkey")).to_have_count(0)


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"id": "x"}',
        json.dumps({"id": "x", "rawId": "eA", "type": "public-key", "response": {}}),
    ],
)
def test_what_is_no_credential_lets_nobody_in(database: Database, secret_key: SecretStr, credential: str) -> None:
    desk = PasskeyDesk(database, "https://portal.example.pl", keys.derive(secret_key, keys.PASSKEYS))
    assert desk.sign_in(desk.ask(NOW).token, credential, NOW) is None
    asked = desk.ask_for_new(1, ANNA, NOW)
    assert not desk.add(1, asked.token, credential, NOW)
    assert not desk.add(2, asked.token, credential, NOW)
    assert not desk.add(1, "x", credential, NOW)
    assert not desk.add(1, asked.token, credential, NOW + timedelta(minutes=11))
