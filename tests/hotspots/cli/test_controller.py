"""`hotspots controller`, called with the same words as at the prompt; the key comes through a pipe."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from hotspots.cli import main
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AuditEntry, Controller
from tests.hotspots.cli.test_groups import fresh, system  # noqa: F401 - fixtures

KEY = "a key of the API"
FINGERPRINT = ":".join(["AB"] * 32)


def answer(*words: str, typed: str = "") -> Any:
    result = CliRunner().invoke(main.build(["controller"]), ["controller", *words, "--json"], input=typed)
    if isinstance(result.exception, HotspotsError):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    assert KEY not in result.stdout
    return json.loads(result.stdout)


def add(url: str = "https://10.20.0.2/", *more: str) -> Any:
    return answer("add", "gmina", "--url", url, *more, typed=f"{KEY}\n")


def test_a_controller_comes_changes_and_goes(system: Database) -> None:
    added = add("https://10.20.0.2/", "--certificate-sha256", FINGERPRINT)
    assert added == {
        "name": "gmina",
        "kind": "unifi",
        "url": "https://10.20.0.2",
        "certificate_sha256": "ab" * 32,
        "user_name": None,
    }
    with system.read() as db:
        sealed = db.scalars(select(Controller.sealed_key)).one()
        assert db.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "controller.add"
    assert KEY.encode() not in sealed
    assert system.vault.open(sealed).get_secret_value() == KEY

    add("https://unifi.example.org:8443")
    assert [(row["url"], row["certificate_sha256"]) for row in answer("list")] == [
        ("https://unifi.example.org:8443", None)
    ]
    answer("remove", "gmina")
    assert answer("list") == []


def test_a_smartzone_may_have_a_name_beside_its_password(system: Database) -> None:
    added = add("https://10.20.0.3:9443", "--kind", "smartzone", "--user-name", "portal")
    assert (added["kind"], added["url"], added["user_name"]) == ("smartzone", "https://10.20.0.3:9443", "portal")
    assert add("https://10.20.0.3", "--kind", "smartzone")["user_name"] is None
    with pytest.raises(HotspotsError, match="leave --user-name out"):
        add("https://10.20.0.2", "--user-name", "portal")


@pytest.mark.parametrize("url", ["http://10.20.0.2", "10.20.0.2", "https://", "https://a@b", "https://10.20.0.2/x"])
def test_another_address_than_one_by_https_is_refused(system: Database, url: str) -> None:
    with pytest.raises(HotspotsError, match="no address of a controller"):
        add(url)


def test_what_is_no_fingerprint_is_refused_with_the_way_to_one(system: Database) -> None:
    with pytest.raises(HotspotsError, match="openssl"):
        add("https://10.20.0.2", "--certificate-sha256", "abc")


def test_a_controller_without_a_key_is_refused(system: Database) -> None:
    with pytest.raises(HotspotsError, match="no key"):
        answer("add", "gmina", "--url", "https://10.20.0.2", typed="")
    assert answer("list") == []


def test_one_that_lets_visitors_in_stays(system: Database) -> None:
    add()
    with system.write() as db:
        access_point = db.scalars(select(AccessPoint).order_by(AccessPoint.id)).first()
        assert access_point is not None
        access_point.controller = "gmina"
    with pytest.raises(HotspotsError, match=access_point.name):
        answer("remove", "gmina")
    with pytest.raises(HotspotsError, match="there is no controller gmin"):
        answer("remove", "gmin")
