"""What a stranger can do at the door of RouterOS, where nothing is signed but the address of the router."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hotspots import models
from hotspots.access_points import gateway_proof
from hotspots.database import Database
from hotspots.sessions.accounting import Status
from tests.captive_portal.conftest import BASE, UAM_SECRET, Clock
from tests.captive_portal.page import Page
from tests.captive_portal.radius_stand_in import RadiusStandIn

IDENTITY = "belzyce-urzad-1"
ROUTER = "https://10.20.4.1/"
NEIGHBOUR = "02:11:22:33:44:55"
CHALLENGE = bytes(range(16))
LOGIN_PAGE = {
    "identity": IDENTITY,
    "proof": gateway_proof.prove(UAM_SECRET.encode(), IDENTITY, ROUTER),
    "mac": NEIGHBOUR,
    "ip": "10.20.4.17",
    "link-login-only": f"{ROUTER}login",
    "link-orig-esc": "http%3A%2F%2Fexample.org%2Fnews",
    "chap-id": r"\007",
    "chap-challenge": "".join(f"\\{octet:03o}" for octet in CHALLENGE),
    "error": "",
}


@pytest.fixture
def client(app: Flask, network: Database) -> FlaskClient:
    with network.write() as db:
        db.scalars(select(models.AccessPoint)).one().gateway = "mikrotik"
    return app.test_client(use_cookies=False)


def _arrive(client: FlaskClient, **changed: str) -> Page:
    form = LOGIN_PAGE | {"lang": "en"} | changed
    response = client.post("/mikrotik", data=form, base_url=BASE, follow_redirects=True)
    return Page(response.get_data(as_text=True))


def _hand_over(client: FlaskClient, page: Page) -> Page:
    response = client.post("/enter", data=page.form("/enter").fields, base_url=BASE)
    assert response.status_code == 200
    return Page(response.get_data(as_text=True))


def _let_in(page: Page, radius: RadiusStandIn) -> str:
    """What the router does with the form: asks RADIUS, and sends on to ``dst``; gives that."""
    fields = page.form(f"{ROUTER}login").fields
    response = bytes.fromhex(fields["password"])
    assert radius.authenticate(fields["username"], 7, response, CHALLENGE, NEIGHBOUR)
    return fields["dst"].removeprefix(BASE)


def _read(client: FlaskClient, path: str) -> Page:
    return Page(client.get(path, base_url=BASE, headers={"Accept-Language": "en"}).get_data(as_text=True))


def test_the_page_that_hands_over_is_guarded(client: FlaskClient) -> None:
    page = _arrive(client)

    response = client.post("/enter", data=page.form("/enter").fields, base_url=BASE)

    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert f"form-action 'self' https://10.20.4.1 {BASE};" in policy
    assert response.headers["Cache-Control"] == "no-store"
    page = Page(response.get_data(as_text=True))
    fields = page.form(f"{ROUTER}login").fields
    answer = hashlib.md5(
        b"\7" + _password(client, fields["username"]).encode() + CHALLENGE, usedforsecurity=False
    ).hexdigest()
    assert fields["password"] == answer
    assert _password(client, fields["username"]) not in page.html


def _password(client: FlaskClient, ticket: str) -> str:
    tickets = client.application.extensions["hotspots"].admission._tickets
    return str(tickets.password(ticket))


def test_from_an_encrypted_portal_to_a_plain_router_leads_a_redirect(client: FlaskClient) -> None:
    plain = "http://10.20.4.1/"
    proof = gateway_proof.prove(UAM_SECRET.encode(), IDENTITY, plain)
    page = _arrive(client, proof=proof, **{"link-login-only": f"{plain}login"})

    response = client.post("/enter", data=page.form("/enter").fields, base_url=BASE)

    assert response.status_code == 303
    address, _, query = response.headers["Location"].partition("?")
    assert address == f"{plain}login"
    given = dict(parse_qsl(query))
    assert given.keys() == {"username", "password", "dst", "popup"}
    assert given["dst"].startswith(f"{BASE}/status?visit=")
    assert _password(client, given["username"]) not in query


def test_who_was_let_in_sees_how_they_stand(client: FlaskClient, radius: RadiusStandIn, clock: Clock) -> None:
    inside = _let_in(_hand_over(client, _arrive(client)), radius)
    radius.account(Status.START)
    clock.pass_by(minutes=5)
    radius.account(Status.INTERIM, seconds=300, down=20_000_000)

    page = _read(client, inside)

    assert page.heading == "You are online"
    assert "80 MB of 100 MB" in page.text


def test_an_address_that_was_made_up_shows_nothing_of_its_device(
    client: FlaskClient, radius: RadiusStandIn, network: Database, clock: Clock
) -> None:
    _let_in(_hand_over(client, _arrive(client)), radius)
    radius.account(Status.START)
    clock.pass_by(minutes=5)
    radius.account(Status.INTERIM, seconds=300, down=20_000_000)

    # A stranger names the neighbour's device, and is handed a ticket that RADIUS takes from that device alone.
    page = _hand_over(client, _arrive(client))
    page = _read(client, page.form(f"{ROUTER}login").fields["dst"].removeprefix(BASE))

    assert "20 MB" not in page.text
    assert "80 MB" not in page.text
    token = page.form("/logout").fields["visit"]
    response = client.post("/logout", data={"visit": token}, base_url=BASE)
    assert response.headers["Location"] == f"{ROUTER}logout"
    with network.read() as db:
        assert db.scalars(select(models.SessionCommand)).all() == []


@pytest.mark.parametrize(
    ("changed", "heading"),
    [
        ({"link-login-only": "http://10.20.4.66/login"}, "This address was not made by our hotspot"),
        ({"link-login-only": "https://evil.example/login"}, "This address was not made by our hotspot"),
        ({"proof": "0" * 64}, "This address was not made by our hotspot"),
        ({"proof": "ęęę"}, "This address was not made by our hotspot"),
        ({"mac": "---"}, "This address was not made by our hotspot"),
        ({"identity": "somebody-else"}, "This hotspot is not one of ours"),
        ({"identity": ""}, "This hotspot is not one of ours"),
    ],
)
def test_a_ticket_is_never_carried_to_another_address(
    client: FlaskClient, network: Database, changed: dict[str, str], heading: str
) -> None:
    response = client.post("/mikrotik", data=LOGIN_PAGE | changed, base_url=BASE, headers={"Accept-Language": "en"})

    assert response.status_code == 403
    page = Page(response.get_data(as_text=True))
    assert page.heading == heading
    assert "evil" not in page.html + response.headers["Content-Security-Policy"]
    with network.read() as db:
        assert db.scalars(select(models.LoginDecision)).one().device is None


def test_nobody_comes_by_this_door_in_the_name_of_a_gateway_that_signs(app: Flask) -> None:
    response = app.test_client().post("/mikrotik", data=LOGIN_PAGE, headers={"Accept-Language": "en"})
    assert Page(response.get_data(as_text=True)).heading == "This hotspot is not one of ours"


def test_the_page_after_a_logout(client: FlaskClient) -> None:
    page = _arrive(client, page="logged-out")
    assert page.heading == "You are logged out"
    assert page.links["Go online again"] == f"{ROUTER}login"


def test_a_reason_that_only_the_router_passed_on_is_explained(client: FlaskClient) -> None:
    page = _arrive(client, error="ticket_expired")
    assert page.heading == "That took too long"
    page = _arrive(client, error="RADIUS server is not responding")
    assert page.heading == "We cannot check this just now"


def test_who_is_asked_again_is_told_so_where_the_router_passes_it_on(client: FlaskClient) -> None:
    page = _arrive(client, error="asked_again_random")
    assert page.heading == "Urząd"
    assert "Is it still you?" in page.text
    assert page.forms[0].action == "/enter"
    assert "Is it" not in _arrive(client, error="device_not_remembered").text
