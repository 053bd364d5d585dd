"""The picture on a printed voucher: it leads to ``/?voucher=CODE``, on whatever network the phone is just then."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select
from werkzeug.test import TestResponse

from captive_portal.staff.cards import cards
from hotspots import models, vouchers
from hotspots.database import Database
from tests.captive_portal.conftest import BASE
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.network import make_voucher
from tests.captive_portal.page import Page
from tests.hotspots.places import NOW

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def code(network: Database, secret_key: SecretStr) -> str:
    return make_voucher(network, secret_key)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser with cookies, as the one that the camera of a phone opens."""
    return app.test_client()


def _get(client: FlaskClient, path: str) -> TestResponse:
    return client.get(path, base_url=BASE, headers=ENGLISH)


def _scan(client: FlaskClient, code: str) -> TestResponse:
    return _get(client, f"/?voucher={vouchers.grouped(code)}")


def _kept(client: FlaskClient) -> str | None:
    cookie = client.get_cookie("voucher", domain="portal.example.pl")
    return None if cookie is None else cookie.value


def _page(response: TestResponse) -> Page:
    return Page(response.get_data(as_text=True))


def _from_gateway(client: FlaskClient, chilli: FakeCoovaChilli) -> Page:
    address = chilli.any_page("http://example.com/")
    assert address is not None
    return _page(_get(client, address.removeprefix(BASE)))


def test_the_picture_on_the_paper_leads_here(client: FlaskClient, code: str, network: Database) -> None:
    with network.read() as db:
        batch = db.scalars(select(models.VoucherBatch)).one()
        (card,) = cards(batch, network.vault, BASE, NOW)
    assert _page(_get(client, card.address.removeprefix(BASE))).heading == "Your voucher"


def test_who_is_not_behind_a_gateway_is_told_to_connect_first(client: FlaskClient, code: str) -> None:
    response = _scan(client, code)

    assert response.status_code == 200
    page = _page(response)
    assert page.heading == "Your voucher"
    assert vouchers.grouped(code) in page.text
    assert "Join the Wi-Fi first. It is called Powiat." in page.text
    assert page.links["Open the login page"] == "http://example.com/"
    assert page.forms == []


def test_the_code_is_there_when_the_gateway_sends_the_browser(
    client: FlaskClient, code: str, chilli: FakeCoovaChilli
) -> None:
    _scan(client, code)
    assert _kept(client) == vouchers.grouped(code)

    page = _from_gateway(client, chilli)

    assert page.attributes["code"]["value"] == vouchers.grouped(code)
    assert "Your voucher is filled in" in page.text
    assert "I have a voucher" not in page.text
    form = page.form("/voucher")
    response = client.post("/voucher", data=form.fields, base_url=BASE)
    assert response.headers["Location"].startswith("http://10.1.0.1:3990/logon?")
    # It has done its work.
    assert _kept(client) is None
    assert _from_gateway(client, chilli).attributes["code"]["value"] == ""


def test_who_wants_to_goes_online_without_it(client: FlaskClient, code: str, chilli: FakeCoovaChilli) -> None:
    _scan(client, code)
    page = _from_gateway(client, chilli)
    assert "Go online without it" in page.text

    client.post("/enter", data=page.form("/enter").fields, base_url=BASE)

    assert _kept(client) == vouchers.grouped(code)


def test_a_voucher_that_is_over_is_not_kept(
    client: FlaskClient, code: str, chilli: FakeCoovaChilli, network: Database
) -> None:
    _scan(client, code)
    page = _from_gateway(client, chilli)
    with network.write() as db:
        db.scalars(select(models.Voucher)).one().revoked_at = NOW

    response = client.post("/voucher", data=page.form("/voucher").fields, base_url=BASE, headers=ENGLISH)

    assert _page(response).heading == "This voucher was withdrawn"
    assert _kept(client) is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ABCD", "A code has 12 characters; you typed 4."),
        ("ABCD-EFGH-2222", "One character is wrong, or two are swapped."),
        ("%3Cscript%3E", "A code never contains < I >"),
        ("", "A code has 12 characters; you typed 0."),
        ("A" * 5000, "A code has 12 characters"),
    ],
)
def test_a_picture_that_was_read_wrong_is_explained(client: FlaskClient, typed: str, sentence: str) -> None:
    response = _get(client, f"/?voucher={typed}")

    assert response.status_code == 422
    page = _page(response)
    assert sentence in page.text
    assert "script" not in page.tags
    assert "type the code from the paper" in page.text
    assert _kept(client) is None


def test_the_code_is_there_in_the_other_language(client: FlaskClient, code: str) -> None:
    page = _page(_scan(client, code))

    page = _page(_get(client, page.links["Polski"]))

    assert (page.language, page.heading) == ("pl", "Twój voucher")
    assert vouchers.grouped(code) in page.text


def test_the_kept_code_is_guarded(client: FlaskClient, code: str) -> None:
    response = _scan(client, code)

    cookie = next(value for value in response.headers.getlist("Set-Cookie") if value.startswith("voucher="))
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Max-Age=86400"))
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_cookie_that_is_no_code_is_nothing(client: FlaskClient, chilli: FakeCoovaChilli) -> None:
    client.set_cookie("voucher", '"><script>', domain="portal.example.pl")
    assert _from_gateway(client, chilli).attributes["code"]["value"] == ""


def test_whether_a_code_is_good_is_not_told_here(client: FlaskClient, code: str) -> None:
    nobodys = vouchers.new_code()
    good, bad = _scan(client, code).get_data(as_text=True), _scan(client, nobodys).get_data(as_text=True)
    assert good.replace(vouchers.grouped(code), "") == bad.replace(vouchers.grouped(nobodys), "")


def test_the_page_is_small_and_needs_no_script(client: FlaskClient, code: str) -> None:
    for language in ("pl", "en"):
        page = _page(client.get(f"/?voucher={code}&lang={language}", base_url=BASE))
        assert page.language == language
        assert page.tags.count("h1") == page.tags.count("main") == 1
        assert not {"script", "img", "iframe"} & set(page.tags)
        assert len(page.html) < 10_000


def test_no_code_gets_into_the_log(network: Database, code: str, tmp_path: Path, secret_key: SecretStr) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    own = {
        "HOTSPOTS_DATA_DIR": str(tmp_path),
        "HOTSPOTS_SECRET_KEY": secret_key.get_secret_value(),
        "HOTSPOTS_CONFIG": "",
        "HOTSPOTS_PORTAL_BIND": f"127.0.0.1:{port}",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "hotspots", "--verbose", "portal"],
            env=os.environ | own,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(address)
            assert httpx.get(f"{address}/?voucher={code}", timeout=30).status_code == 200
            assert httpx.get(f"{address}/nowhere?voucher={code}", timeout=30).status_code == 404
            with socket.create_connection(("127.0.0.1", port), timeout=30) as broken:
                broken.sendall(f"GET /?voucher={code} HTTP/1.1 and more\r\n\r\n".encode())
                assert b"400" in broken.recv(4096)
            _break(network)
            assert httpx.get(f"{address}/?voucher={code}", timeout=60).status_code == 503
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
    text = log.read_text()
    assert "the database did not answer GET /" in text
    assert "Invalid request from ip=127.0.0.1" in text
    assert not re.search(code, text.replace("-", ""), re.IGNORECASE)


def _wait_for(address: str) -> None:
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport, timeout=60) as client:
        assert client.get(f"{address}/healthz").json() == {"status": "ok"}


def _break(network: Database) -> None:
    with network.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE hotspots RENAME TO gone")
