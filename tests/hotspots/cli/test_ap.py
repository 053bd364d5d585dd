"""`hotspots ap add`, called with the same words as at the prompt."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import select

from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.inventory.document import Gateway
from hotspots.models import AccessPoint
from tests.hotspots.cli.test_account import answer
from tests.hotspots.cli.test_groups import call, fresh, system  # noqa: F401 - fixtures

WORDS = ("--hotspot", "zakrzew-urzad", "--address", "10.9.0.1", "--make", "linux")


def added(system: Database, gateway: str, *more: str) -> AccessPoint:
    answer("ap", "add", "new-one", *WORDS, "--gateway", gateway, *more)
    with system.read() as db:
        return db.scalars(select(AccessPoint).where(AccessPoint.name == "new-one")).one()


@pytest.mark.parametrize("gateway", get_args(Gateway))
def test_every_gateway_can_be_added_and_takes_disconnects_where_its_make_does(
    system: Database, gateway: str
) -> None:
    made = added(system, gateway, *(("--controller", "gmina") if gateway == "smartzone" else ()))
    assert (made.gateway, made.coa_port) == (gateway, 1700 if gateway == "cisco" else 3799)


def test_smartzone_is_refused_without_the_controller_that_is_to_be_asked(system: Database) -> None:
    with pytest.raises(HotspotsError, match=r"--controller: gateway smartzone needs a controller"):
        added(system, "smartzone")
    said = call("ap", "add", "new-one", *WORDS, "--gateway", "smartzone", "--controller", "gmina").stderr
    assert "note: there is no controller gmina yet: hotspots controller add gmina" in said


def test_tls_is_refused_at_once_where_no_template_knows_it(system: Database) -> None:
    with pytest.raises(
        HotspotsError, match=r"--radius-transport: radsec is .* not for linux with wispr: leave it udp"
    ):
        added(system, "wispr", "--radius-transport", "radsec")
    with system.read() as db:
        assert db.scalars(select(AccessPoint).where(AccessPoint.name == "new-one")).first() is None


def test_tls_is_chosen_and_the_certificate_asked_for_that_it_needs(system: Database, tmp_path: Path) -> None:
    name = "belzyce-urzad-1"
    wanted = ("ap", "change", name, "--radius-transport", "radsec")
    needs = f"note: it needs a certificate of its own: hotspots certificate ap {name}"
    assert needs in call(*wanted).stderr
    answer("certificate", "authority", "--into", str(tmp_path / "authority"))
    answer("certificate", "ap", name, "--into", str(tmp_path / name))
    assert "note:" not in call(*wanted).stderr
    (row,) = [row for row in answer("ap", "list") if row["name"] == name]
    assert row["radius_transport"] == "radsec"
    assert answer("ap", "change", name, "--radius-transport", "udp")["radius_transport"] == "udp"


def test_the_port_of_disconnects_may_be_another(system: Database) -> None:
    assert added(system, "cisco", "--coa-port", "3799").coa_port == 3799


def test_an_impossible_port_is_refused_by_its_option(system: Database) -> None:
    with pytest.raises(HotspotsError) as refused:
        added(system, "wispr", "--coa-port", "70000")
    assert "--coa-port" in str(refused.value.__dict__) + str(refused.value)
