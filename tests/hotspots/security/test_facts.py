"""What the database knows of an access point for its security card, and the card at the prompt."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from hotspots.access_points import secret_change, sightings
from hotspots.access_points.sightings import Sighting
from hotspots.cli import ap_security
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AccessPointState, Session, SessionCommand
from hotspots.security.card import Disconnect, Facts
from hotspots.security.facts import of_access_points
from tests.hotspots.places import NOW, add_network

PHONE = "02:11:22:33:44:55"


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
    return database


def facts(database: Database) -> Facts:
    with database.read() as db:
        (found,) = of_access_points(db, database.vault)
    return found


def session(database: Database, key: str, **more: Any) -> int:
    given: dict[str, Any] = {
        "access_point_id": 1, "acct_session_id": key, "device": PHONE, "started_at": NOW, "updated_at": NOW,
        "stopped_at": NOW + timedelta(minutes=5), "session_seconds": 300, "octets_down": 10, "octets_up": 1,
        "changed_at": NOW,
    }  # fmt: skip
    with database.write() as db:
        row = Session(key=key, **given | more)
        db.add(row)
        db.flush()
        return row.id


def disconnect(database: Database, of: int, state: str, answered_at: datetime | None = NOW, **more: Any) -> None:
    with database.write() as db:
        command = {"cause": "staff", "asked_by": "jan", "asked_at": NOW, "answered_at": answered_at} | more
        db.add(SessionCommand(session_id=of, state=state, **command))


def test_of_a_new_one_nothing_is_known_but_what_the_inventory_says(network: Database) -> None:
    assert facts(network) == Facts(
        "belzyce-urzad-1", "openwrt", "coovachilli", signature_demanded=True, secret_octets=len("radius secret")
    )


def test_what_was_seen_on_the_wire(network: Database) -> None:
    with network.write() as db:
        seen = Sighting(1, signed=True, unsigned=True, transport="udp", clock_skew_seconds=-7.5)
        sightings.write(db, [seen], NOW)
        db.get_one(AccessPointState, 1).last_accounting_at = NOW
    found = facts(network)
    assert (found.signed_at, found.unsigned_at, found.heard_at) == (NOW, NOW, NOW)
    assert (found.transport, found.clock_skew_seconds) == ("udp", -7.5)


def test_how_it_is_to_speak_stands_beside_how_it_does(network: Database) -> None:
    with network.write() as db:
        db.get_one(AccessPoint, 1).radius_transport = "radsec"
        sightings.write(db, [Sighting(1, transport="udp")], NOW)
    assert (facts(network).configured_transport, facts(network).transport) == ("radsec", "udp")


def test_one_that_learns_demands_once_it_has_signed(network: Database) -> None:
    with network.write() as db:
        db.get_one(AccessPoint, 1).message_authenticator = "learn"
    assert not facts(network).signature_demanded
    with network.write() as db:
        sightings.write(db, [Sighting(1, signed=True)], NOW)
    assert facts(network).signature_demanded


def test_since_when_it_has_its_secret(network: Database) -> None:
    with network.write() as db:
        secret = SecretStr("a new secret of 30 characters.")
        secret_change.change(db, network.vault, "belzyce-urzad-1", secret, at_once=False, actor="test", now=NOW)
    assert (facts(network).secret_set_at, facts(network).secret_octets) == (NOW, 30)


def test_its_last_sessions_tell_of_class_and_octets(network: Database) -> None:
    session(network, "001122/a")
    session(network, "x-1-b-00", octets_down=0, octets_up=0, stopped_at=None)
    session(network, "001122/c", octets_up=11)
    session(network, "001122/short", session_seconds=59)
    session(network, "erased/9", device=None)
    found = facts(network)
    assert (found.sessions, found.with_class, found.counted, found.reversed) == (3, 2, 2, 1)


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        ("proved", {"proved_at": NOW + timedelta(seconds=3)}, Disconnect.PROVED),
        ("proved", {"proved_at": NOW + timedelta(minutes=9)}, Disconnect.UNTRIED),
        ("proved", {"proved_at": NOW, "error_cause": 405}, Disconnect.REFUSED),
        ("nacked", {}, Disconnect.REFUSED),
        ("timed_out", {"answered_at": None}, Disconnect.UNANSWERED),
        ("acked", {"answered_at": NOW - timedelta(minutes=1)}, Disconnect.BELIED),
        ("acked", {"answered_at": NOW + timedelta(seconds=1)}, Disconnect.UNTRIED),
        ("asked", {"answered_at": None}, Disconnect.UNTRIED),
    ],
)
def test_what_came_of_its_last_disconnect(
    network: Database, state: str, more: dict[str, Any], said: Disconnect
) -> None:
    disconnect(network, session(network, "001122/a", stopped_at=None), state, **more)
    assert facts(network).disconnect is said


def test_the_last_word_counts(network: Database) -> None:
    disconnect(network, session(network, "001122/a"), "timed_out", None)
    disconnect(network, session(network, "001122/b"), "proved", proved_at=NOW)
    disconnect(network, session(network, "001122/c"), "asked", None)
    assert facts(network).disconnect is Disconnect.PROVED


def test_at_the_prompt(
    network: Database, tmp_path: Path, secret_key: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTSPOTS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTSPOTS_SECRET_KEY", secret_key.get_secret_value())
    with network.write() as db:
        db.add(AccessPointState(access_point_id=1, last_login_at=NOW, transport="udp"))
    shown = CliRunner().invoke(ap_security.app, ["belzyce-urzad-1"]).output
    assert "belzyce-urzad-1: secret_short -> hotspots ap secret change belzyce-urzad-1" in shown
    assert "radius secret" not in shown
    (card,) = json.loads(CliRunner().invoke(ap_security.app, ["--json"]).output)
    assert (card["grade"], card["faults"]) == ("F", "secret_short, disconnect_untried, unencrypted")
    unknown = CliRunner().invoke(ap_security.app, ["belzyce-urzad-2"])
    assert isinstance(unknown.exception, HotspotsError)
    assert "did you mean belzyce-urzad-1?" in str(unknown.exception)
