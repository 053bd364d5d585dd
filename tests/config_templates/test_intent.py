"""An intent holds only what some access point could be."""

from typing import Any

import pytest
from pydantic import SecretStr

from config_templates.errors import ConfigError
from config_templates.intent import RadiusServer
from config_templates.radio import Radio
from tests.config_templates.intents import outdoor_openwrt


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hostname": "two words"}, "hostname"),
        ({"hostname": "-edge"}, "hostname"),
        ({"hostname": "line\n"}, "hostname"),
        ({"ssid": ""}, "ssid"),
        ({"ssid": "ł" * 17}, "ssid"),
        ({"ssid": "zero\0"}, "ssid"),
        ({"ssid": "\ud800"}, "ssid"),
        ({"nas_identifier": "x" * 254}, "nas_identifier"),
        ({"radios": ()}, "radios"),
        ({"radios": (Radio("2g", 6),)}, "radios[0].outdoor"),
        (
            {"radios": (Radio("2g", 6, outdoor=True, phy="phy0"), Radio("5g", 100, outdoor=True, phy="phy0"))},
            "radios",
        ),
        ({"radius_servers": ()}, "radius_servers"),
        ({"radius_servers": (RadiusServer("192.0.2.1"),) * 3}, "radius_servers"),
        ({"radius_secret": SecretStr("")}, "radius_secret"),
        ({"uam_secret": SecretStr("x" * 128)}, "uam_secret"),
        ({"coa_port": 0}, "coa_port"),
        ({"interim_seconds": 59}, "interim_seconds"),
        ({"radius_timeout_seconds": 0}, "radius_timeout_seconds"),
        ({"portal_base_url": "ftp://portal.example.org"}, "portal_base_url"),
        ({"portal_base_url": "https://"}, "portal_base_url"),
        ({"portal_base_url": "https://portal.example.org/"}, "portal_base_url"),
        ({"portal_base_url": "https://portal.example.org/$(reboot)"}, "portal_base_url"),
        ({"portal_base_url": 'https://portal.example.org"'}, "portal_base_url"),
        ({"portal_base_url": "https://user@portal.example.org"}, "portal_base_url"),
        ({"portal_base_url": "https://portal.example.org?x=1"}, "portal_base_url"),
        ({"portal_base_url": "https://portal.example.org:99999"}, "portal_base_url"),
        ({"walled_garden": ("ok.example.org", "not ok")}, "walled_garden[1]"),
        ({"ntp_servers": ("1.2.3",)}, "ntp_servers[0]"),
        ({"time_zone": "Europe/Lublin"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"uplink": "a port with a long name"}, "uplink"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        outdoor_openwrt(**changes)
    assert caught.value.field == field


@pytest.mark.parametrize("address", ["", "300.1.1.1", "a b", "-x.example", "x..y", "1.2.3"])
def test_a_radius_server_is_an_address_or_a_name(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        RadiusServer(address)
    assert caught.value.field == "radius_servers.address"


def test_secrets_are_not_shown() -> None:
    assert "not a real" not in repr(outdoor_openwrt())


def test_the_country_cannot_be_chosen() -> None:
    with pytest.raises(TypeError):
        outdoor_openwrt(country="US")


def test_the_portal_is_the_first_open_host_and_none_is_there_twice() -> None:
    intent = outdoor_openwrt(walled_garden=("b.example.org", "hotspot.example.org", "b.example.org"))
    assert intent.garden_hosts == ("hotspot.example.org", "b.example.org")


def test_the_captive_portal_api_is_announced_with_https_only() -> None:
    assert outdoor_openwrt().captive_portal_api_url is not None
    assert outdoor_openwrt(portal_base_url="http://hotspot.example.org").captive_portal_api_url is None
