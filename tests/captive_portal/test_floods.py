"""Who floods the portal is held back, and all others are served as ever. No times are measured here."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest
from flask import Flask

from captive_portal import floods
from captive_portal.app import create_app
from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal.conftest import Clock
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.test_accessibility import database as one_database

database = one_database
ATTACKERS = [f"198.51.100.{number}" for number in range(50)]
RESIDENT = "203.0.113.7"


@pytest.fixture
def app(settings: Settings, network: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The portal, with nothing trickling back into the buckets while a slow machine runs the test."""
    monkeypatch.setattr(floods, "ADDRESS_PER_SECOND", 0.0)
    monkeypatch.setattr(floods, "PROOF_PER_SECOND", 0.0)
    monkeypatch.setattr(floods, "ALL_BURST", 1e9)
    return create_app(settings, clock)


def _status(app: Flask, address: str, path: str, form: Mapping[str, str] | None = None) -> int:
    client, environment = app.test_client(use_cookies=False), {"REMOTE_ADDR": address}
    if form is None:
        return client.get(path, environ_base=environment).status_code
    return client.post(path, data=form, environ_base=environment).status_code


def _arrival(chilli: FakeCoovaChilli, number: int) -> str:
    chilli.device = f"02:11:22:33:44:{number:02x}"
    parts = urlsplit(chilli.redirect(chilli.client(), "notyet"))
    return f"{parts.path}?{parts.query}"


def test_each_attacker_is_held_back_and_residents_are_not(app: Flask, chilli: FakeCoovaChilli) -> None:
    for round_ in range(int(floods.ADDRESS_BURST) + 10):
        statuses = {_status(app, attacker, f"/?flood={round_}") for attacker in ATTACKERS[:4]}
        assert statuses == ({200} if round_ < floods.ADDRESS_BURST else {429})
    # Everybody of a library, behind one address, in the middle of it.
    for number in range(100):
        assert _status(app, RESIDENT, _arrival(chilli, number)) == 200
    assert _status(app, ATTACKERS[49], "/") == 200


def test_while_there_are_many_of_them_each_gets_a_part(
    settings: Settings, network: Database, clock: Clock, chilli: FakeCoovaChilli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floods, "ADDRESS_PER_SECOND", 0.0)
    monkeypatch.setattr(floods, "ALL_PER_SECOND", 0.0)
    app = create_app(settings, clock)
    statuses = [_status(app, attacker, f"/help?x={round_}") for round_ in range(12) for attacker in ATTACKERS]
    # All that everybody together may have, and then no more than that of each.
    served = statuses.count(200)
    assert served == int(floods.UNDER_PRESSURE) * len(ATTACKERS)
    assert set(statuses) == {200, 429}
    for number in range(30):
        assert _status(app, RESIDENT, _arrival(chilli, number)) == 200
    # Who comes without a gateway, and asks for little, is served, too.
    assert _status(app, "192.0.2.1", "/") == 200


def test_forgeries_count_and_what_is_genuine_does_not(app: Flask, chilli: FakeCoovaChilli) -> None:
    genuine = _arrival(chilli, 1)
    forged = [f"/uam?nasid=belzyce-urzad-1&res=notyet&md={number:032x}" for number in range(300)]
    statuses = [_status(app, ATTACKERS[0], path) for path in forged]
    assert statuses.count(403) <= 60
    assert set(statuses) == {403, 429}
    # From the same address, a visitor whom the gateway sent: once it is used up, even they have to wait.
    assert _status(app, ATTACKERS[0], genuine) == 429
    assert _status(app, RESIDENT, genuine) == 200


def test_one_proof_is_not_good_for_a_flood(app: Flask, chilli: FakeCoovaChilli) -> None:
    genuine = _arrival(chilli, 1)
    statuses = [_status(app, attacker, genuine) for attacker in ATTACKERS * 2]
    assert statuses == [200] * int(floods.PROOF_BURST) + [429] * (100 - int(floods.PROOF_BURST))
    assert _status(app, ATTACKERS[0], _arrival(chilli, 2)) == 200


def test_who_is_turned_away_learns_when_to_come_again(app: Flask) -> None:
    client, environment = app.test_client(), {"REMOTE_ADDR": ATTACKERS[0]}
    for _ in range(int(floods.ADDRESS_BURST)):
        client.get("/help", environ_base=environment)
    response = client.get("/help?lang=uk", environ_base=environment)
    assert response.status_code == 429
    assert "Забагато спроб" in response.get_data(as_text=True)
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    # Whoever watches over the portal still sees that it lives.
    assert client.get("/healthz", environ_base=environment).status_code == 200


def test_a_bucket_fills_up_again_and_is_forgotten() -> None:
    now = 0.0
    buckets = floods.Buckets(10, 2, lambda: now)
    assert [buckets.take("a", 1) for _ in range(11)] == [True] * 10 + [False]
    now = 1.0
    assert [buckets.take("a", 1) for _ in range(3)] == [True, True, False]
    now = 100.0
    assert [buckets.take("a", 1) for _ in range(11)] == [True] * 10 + [False]


def test_strangers_do_not_fill_the_memory() -> None:
    now = 0.0
    buckets = floods.Buckets(10, 1, lambda: now)
    for number in range(120_000):
        now += 0.001
        buckets.take(f"{number}", 1)
    assert len(buckets) <= 50_000
