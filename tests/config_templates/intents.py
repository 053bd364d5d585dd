"""Intents for tests: one good one, of which a test changes what it is about."""

from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

from pydantic import SecretStr

from config_templates.address_plan import AddressPlan
from config_templates.intent import AccessPointIntent, RadiusServer, RadSec
from config_templates.radio import Radio

# Each has been seen to break a configuration language: blanks in a row, quotes, comments, variables, escapes.
HOSTILE = (
    "a    b",
    "l'Hôpital 'u' Żółci",
    'Dom "Zgoda"',
    "$(reboot) $HOME `id`",
    "back\\slash\\",
    "\\n is no newline",
    "# no comment",
    "'; reboot; '",
    "end' option x 'y",
    " blanks around ",
    "{{ 7 * 7 }} {% raw %}",
    "?help; /system reboot",
    "]}{[ = , ;",
    "ąćęłńóśźż",
    "📶",
)

OVER_TLS = RadSec(2083, "belzyce-urzad-1")


def outdoor_openwrt(**changes: Any) -> AccessPointIntent:
    intent = AccessPointIntent(
        make="openwrt",
        gateway="coovachilli",
        hostname="garbow-rynek-1",
        nas_identifier="garbow-rynek-1",
        hotspot_name='Rynek w Garbowie, przy "Zgodzie"',
        ssid="Powiat Lubelski",
        outdoor=True,
        radios=(
            Radio("2g", 6, outdoor=True, antenna_gain_dbi=5, cable_loss_db=0.5),
            Radio("5g", 100, 40, outdoor=True, antenna_gain_dbi=8, standard="ax"),
        ),
        plan=AddressPlan(IPv4Network("10.20.4.0/22")),
        portal_base_url="https://hotspot.example.org",
        radius_servers=(RadiusServer("192.0.2.10"), RadiusServer("192.0.2.11")),
        radius_secret=SecretStr("not a real RADIUS secret: 'q' \\ $x"),
        uam_secret=SecretStr("not a real UAM secret"),
        walled_garden=("bip.example.org",),
    )
    return replace(intent, **changes)


def indoor_mikrotik(**changes: Any) -> AccessPointIntent:
    intent = outdoor_openwrt(
        make="mikrotik",
        gateway="mikrotik",
        hostname="belzyce-urzad-1",
        nas_identifier="belzyce-urzad-1",
        hotspot_name="Urząd Miejski w Bełżycach",
        outdoor=False,
        radios=(Radio("2g", 11), Radio("5g", 36, 80)),
        radius_secret=SecretStr('not a real RADIUS secret: "q" \\ $x ?'),
    )
    return replace(intent, **changes)


def http_by_address(**changes: Any) -> AccessPointIntent:
    """A portal without a name and without HTTPS, one server, no MAC authentication: the other branches."""
    intent = outdoor_openwrt(
        portal_base_url="http://10.0.0.5:8080",
        radius_servers=(RadiusServer("10.0.0.5", 21812, 21813),),
        walled_garden=(),
        mac_authentication=False,
        management_networks=(IPv4Network("10.0.0.0/24"),),
        uplink="eth0",
    )
    return replace(intent, **changes)
