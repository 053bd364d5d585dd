"""From rows and settings to an intent."""

from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from config_templates import from_inventory
from config_templates.errors import ConfigError
from config_templates.intent import AccessPointIntent, RadiusServer
from config_templates.render import MAKES, render
from hotspots.database import Database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.reading import read_file
from hotspots.models import AccessPoint, Hotspot
from hotspots.settings import Settings

RADIOS = [{"band": "2g", "channel": 6, "antenna_gain_dbi": 5, "cable_loss_db": 0.5}]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(data_dir=tmp_path, portal_base_url="https://hotspot.example.org")


def access_point(**changes: Any) -> AccessPoint:
    values: dict[str, Any] = {
        "name": "Garbów rynek 1",
        "nas_identifier": "garbow-rynek-1",
        "make": "openwrt",
        "gateway": "coovachilli",
        "address": "10.8.0.0/24",
        "mac_authentication": True,
        "coa_port": 3799,
        "radios": RADIOS,
        "hotspot": Hotspot(name="Rynek", ssid="a    b", outdoor=True),
    }
    return AccessPoint(**(values | changes))


def intent(settings: Settings, *radius_addresses: str, **changes: Any) -> AccessPointIntent:
    return from_inventory.intent(
        access_point(**changes),
        settings,
        radius_secret=SecretStr("radius secret"),
        uam_secret=SecretStr("uam secret"),
        radius_addresses=radius_addresses,
    )


def test_what_the_inventory_says_is_what_is_meant(settings: Settings) -> None:
    made = intent(settings, "192.0.2.1", "192.0.2.2")
    assert (made.hostname, made.nas_identifier, made.ssid) == ("garb-w-rynek-1", "garbow-rynek-1", "a    b")
    assert made.radios[0].power_dbm == 15
    assert made.radius_servers == (RadiusServer("192.0.2.1"), RadiusServer("192.0.2.2"))
    assert made.radius_secret.get_secret_value() == "radius secret"


def test_the_network_is_not_the_one_that_the_access_point_calls_from(settings: Settings) -> None:
    drawn = intent(settings).plan.network
    assert not intent(settings, address=str(drawn)).plan.network.overlaps(drawn)


def test_an_access_point_on_ipv6_gets_a_network_too(settings: Settings) -> None:
    assert intent(settings, address="2001:db8::1").plan.network.prefixlen == 22


@pytest.mark.parametrize(
    ("bind", "portal", "expected"),
    [
        ("0.0.0.0", "https://hotspot.example.org", "hotspot.example.org"),
        ("0.0.0.0", "http://192.0.2.1:8080", "192.0.2.1"),
        ("192.0.2.9", "https://hotspot.example.org", "192.0.2.9"),
    ],
)
def test_where_the_radius_server_is(settings: Settings, bind: str, portal: str, expected: str) -> None:
    changed = settings.model_copy(update={"radius_bind": bind, "portal_base_url": portal})
    assert from_inventory.radius_address(changed) == expected


@pytest.mark.parametrize(
    ("address", "reachable"), [("127.0.0.1", False), ("localhost", False), ("192.0.2.1", True), ("a.example", True)]
)
def test_a_server_on_loopback_is_out_of_reach(address: str, reachable: bool) -> None:
    assert from_inventory.is_reachable(address) is reachable


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"band": "2g"}, "radios[0].channel"),
        ({"channel": 6}, "radios[0].band"),
        ({"band": "2g", "channel": "6"}, "radios[0].channel"),
        ({"band": "2g", "channel": True}, "radios[0].channel"),
        ({"band": 2, "channel": 6}, "radios[0].band"),
        ({"band": "2g", "channel": 6, "colour": "red"}, "radios[0].colour"),
        ({"band": "2g", "channel": 3}, "radios[0].channel"),
        ({"band": "5g", "channel": 36}, "radios[0].channel"),
        ({"band": "2g", "channel": 6, "power_dbm": 21}, "radios[0].power_dbm"),
    ],
)
def test_a_wrong_radio_is_refused_by_the_name_of_its_field(
    settings: Settings, entry: dict[str, Any], field: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        intent(settings, radios=[entry])
    assert caught.value.field == field


@pytest.mark.parametrize(("outdoor", "channels"), [(False, [6, 36]), (True, [6, 100])])
def test_radios_that_nobody_named_are_assumed_and_warned_of(
    settings: Settings, outdoor: bool, channels: list[int]
) -> None:
    bare = access_point(radios=[], hotspot=Hotspot(name="Rynek", ssid="x", outdoor=outdoor))
    made = from_inventory.intent(
        bare, settings, radius_secret=SecretStr("radius secret"), uam_secret=SecretStr("uam secret")
    )
    assert [radio.channel for radio in made.radios] == channels
    assert made.radios[0].power_dbm == 15
    assert ["names no radios" in warning for warning in from_inventory.warnings(bare, made)] == [True]


@pytest.mark.parametrize("name", ["", "---", "łąć"])
def test_a_name_that_leaves_no_host_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        from_inventory.host_label(name)
    assert caught.value.field == "name"


def test_a_long_name_is_cut_to_a_label() -> None:
    assert from_inventory.host_label("a" * 62 + "-b") == "a" * 62


def test_every_access_point_of_the_example_that_has_templates_can_be_rendered(
    settings: Settings, database: Database
) -> None:
    with as_file(files("hotspots") / "example" / "powiat-lubelski.yaml") as path:
        example = read_file(path)
    import_inventory(database, example, source="example", actor="test", now=datetime(2026, 3, 2, tzinfo=UTC))
    rendered: set[str] = set()
    with database.read() as session:
        for found in session.scalars(select(AccessPoint).where(AccessPoint.make.in_(MAKES))):
            made = from_inventory.intent(
                found,
                settings,
                radius_secret=database.vault.open(found.sealed_secret),
                uam_secret=database.vault.open(found.sealed_uam_secret),
                radius_addresses=["192.0.2.1"],
            )
            assert render(made)
            assert from_inventory.warnings(found, made) == ()
            rendered.add(found.make)
    assert rendered == set(MAKES)
