"""OpenWrt's files, read back as the device reads them."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from config_templates.errors import ConfigError, NoTemplatesError
from config_templates.intent import AccessPointIntent, RadiusServer
from config_templates.openwrt.section import section
from config_templates.openwrt.system import posix_time_zone
from config_templates.render import render
from tests.config_templates import uci_reader
from tests.config_templates.intents import HOSTILE, OVER_TLS, http_by_address, outdoor_openwrt


def read(intent: AccessPointIntent) -> dict[str, dict[str, uci_reader.ReadSection]]:
    uci = {path: text for path, text in render(intent).items() if path.startswith("etc/config/")}
    return {path.removeprefix("etc/config/"): uci_reader.read(text) for path, text in uci.items()}


@pytest.mark.parametrize("ssid", [value for value in HOSTILE if len(value.encode()) <= 32])
def test_an_ssid_is_exactly_that_ssid(ssid: str) -> None:
    files = read(outdoor_openwrt(ssid=ssid))
    assert [files["wireless"][name].options["ssid"] for name in ("hotspot0", "hotspot1")] == [ssid, ssid]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_name_of_a_place_adds_no_option_and_no_section(value: str) -> None:
    files = read(outdoor_openwrt(hotspot_name=value))
    assert files["system"]["system"].options["description"] == value
    assert {name: list(files[name]) for name in files} == {
        name: list(sections) for name, sections in read(outdoor_openwrt()).items()
    }


@pytest.mark.parametrize("value", [value for value in HOSTILE if '"' not in value and value == value.lstrip()])
def test_secrets_arrive_unchanged(value: str) -> None:
    chilli = read(outdoor_openwrt(radius_secret=SecretStr(value), uam_secret=SecretStr(value)))["chilli"]["hotspot"]
    assert (chilli.options["radiussecret"], chilli.options["uamsecret"]) == (value, value)


def test_chilli_is_told_what_makes_it_our_gateway() -> None:
    options = read(outdoor_openwrt())["chilli"]["hotspot"].options
    assert options["uamserver"] == "https://hotspot.example.org/uam"
    assert options["radiusserver1"] == "192.0.2.10"
    assert options["radiusserver2"] == "192.0.2.11"
    assert options["radiusnasid"] == "garbow-rynek-1"
    assert options["coaport"] == "3799"
    assert options["macauth"] == "1"
    assert options["definteriminterval"] == "300"
    assert options["uamallowed"] == "hotspot.example.org,bip.example.org"
    assert options["net"] == "10.20.4.0/22"
    assert list(options)[-1] == "captiveportalapi_uri"


def test_phones_are_told_of_the_captive_portal_api_with_their_own_address() -> None:
    options = read(outdoor_openwrt(nas_identifier="Rynek 1/ą"))["chilli"]["hotspot"].options
    assert options["captiveportalapi_uri"] == (
        "https://hotspot.example.org/api/captive-portal/Rynek%201%2F%C4%85/%{m}"
    )
    assert "captiveportalapi_uri" not in read(http_by_address())["chilli"]["hotspot"].options


def test_chilli_gets_options_only_because_its_init_script_reads_no_lists() -> None:
    assert read(outdoor_openwrt())["chilli"]["hotspot"].lists == {}


def test_stations_are_kept_apart_and_the_country_is_poland() -> None:
    wireless = read(outdoor_openwrt())["wireless"]
    assert {wireless[f"radio{index}"].options["country"] for index in (0, 1)} == {"PL"}
    assert {wireless[f"hotspot{index}"].options["isolate"] for index in (0, 1)} == {"1"}
    assert (wireless["radio0"].options["txpower"], wireless["radio1"].options["txpower"]) == ("15", "19")


def test_every_section_that_is_referred_to_exists() -> None:
    files = read(outdoor_openwrt())
    networks, zones = files["network"], files["firewall"]
    for interface in files["wireless"].values():
        if interface.type == "wifi-iface":
            assert interface.options["device"] in files["wireless"]
            assert interface.options["network"] in networks
    for rule in zones.values():
        if rule.type == "rule":
            assert rule.options["src"] in zones
    assert files["chilli"]["hotspot"].options["tundev"] == zones["hotspot"].lists["device"][0]
    assert files["chilli"]["hotspot"].options["network"] in networks


def test_what_is_allowed_stands_before_private_networks_are_refused() -> None:
    rules = list(read(http_by_address())["firewall"])
    assert rules.index("garden") < rules.index("no_private_networks")
    assert rules.index("portal") < rules.index("no_private_networks")


def test_orders_are_taken_from_the_radius_servers_and_administration_from_known_networks() -> None:
    firewall = read(http_by_address())["firewall"]
    assert firewall["coa"].lists["src_ip"] == ["10.0.0.5"]
    assert firewall["management"].lists["src_ip"] == ["10.0.0.5/32", "10.0.0.0/24"]


def test_a_server_known_by_name_only_does_not_lock_the_technician_out() -> None:
    firewall = read(outdoor_openwrt(radius_servers=(RadiusServer("radius.example.org"),)))["firewall"]
    assert "src_ip" not in firewall["management"].lists


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ssid": "line\nbreak"}, "wireless.hotspot0.ssid"),
        ({"hotspot_name": "line\rbreak"}, "system.system.description"),
        ({"radius_secret": SecretStr('double"quote')}, "chilli.hotspot.radiussecret"),
        ({"uam_secret": SecretStr(" blank first")}, "chilli.hotspot.uamsecret"),
        ({"nas_identifier": "x" * 250}, "nas_identifier"),
        ({"nas_identifier": 'double"quote'}, "chilli.hotspot.radiusnasid"),
        (
            {"walled_garden": tuple(f"a{number}.{'b' * 60}.example.org" for number in range(40))},
            "chilli.hotspot.uamallowed",
        ),
        ({"radius_servers": (RadiusServer("192.0.2.1"), RadiusServer("192.0.2.2", 1645))}, "radius_servers"),
    ],
)
def test_what_openwrt_cannot_be_told_is_refused_by_the_name_of_the_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        render(outdoor_openwrt(**changes))
    assert caught.value.field == field


def test_another_gateway_is_refused() -> None:
    with pytest.raises(NoTemplatesError, match="coovachilli"):
        render(replace(outdoor_openwrt(), gateway="opennds"))


def test_an_empty_option_is_not_written() -> None:
    made = section("rule", "x", {"a": "", "b": None, "c": 0, "d": False}, {"e": ()})
    assert made.options == (("c", "0"), ("d", "0"))
    assert made.lists == ()


@pytest.mark.parametrize(
    ("name", "text"), [("Europe/Warsaw", "CET-1CEST,M3.5.0,M10.5.0/3"), ("UTC", "UTC0"), ("Asia/Tokyo", "JST-9")]
)
def test_time_zones_are_written_for_the_c_library(name: str, text: str) -> None:
    assert posix_time_zone(name) == text


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ConfigError):
        posix_time_zone("Europe/Lublin")


def test_over_tls_chilli_asks_the_proxy_on_the_device_and_takes_disconnects_past_it() -> None:
    files = read(outdoor_openwrt(radsec=OVER_TLS))
    options = files["chilli"]["hotspot"].options
    assert (options["radiusserver1"], options["radiusserver2"]) == ("127.0.0.1", "127.0.0.1")
    assert (options["radiusauthport"], options["radiusacctport"]) == ("1812", "1813")
    assert options["coanoipcheck"] == "1", "they come from the servers, which the firewall alone lets through"
    assert files["firewall"]["coa"].lists["src_ip"] == ["192.0.2.10", "192.0.2.11"]
    assert files["radsecproxy"]["options"].options == {"Include": "/etc/radsecproxy.conf"}
    by_name = read(outdoor_openwrt(radsec=OVER_TLS, radius_servers=(RadiusServer("radius.example.org"),)))
    assert "coanoipcheck" not in by_name["chilli"]["hotspot"].options, "nobody would look from where they come"


def test_over_udp_there_is_no_proxy() -> None:
    assert not [path for path in render(outdoor_openwrt()) if "radsecproxy" in path]
