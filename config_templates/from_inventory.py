"""The intent of an access point from the database and the settings."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from config_templates import checks
from config_templates.address_plan import AddressPlan, derive
from config_templates.errors import ConfigError
from config_templates.intent import AccessPointIntent, RadiusServer, RadSec
from config_templates.radio import Radio
from hotspots.access_points.transports import CUSTOMARY_RADSEC_PORT, RADSEC
from hotspots.access_points.whereabouts import network_of
from hotspots.models import AccessPoint
from hotspots.public_pages.ways_in import WIFI4EU_COLLECTOR
from hotspots.settings import Settings

# An access point of which nobody has said what radios it has: more gain than most, so that power errs downwards.
ASSUMED_GAIN_DBI = 5
ASSUMED_INDOOR: tuple[dict[str, Any], ...] = (
    {"band": "2g", "channel": 6, "antenna_gain_dbi": ASSUMED_GAIN_DBI},
    {"band": "5g", "channel": 36, "antenna_gain_dbi": ASSUMED_GAIN_DBI},
)
ASSUMED_OUTDOOR: tuple[dict[str, Any], ...] = (
    {"band": "2g", "channel": 6, "antenna_gain_dbi": ASSUMED_GAIN_DBI},
    {"band": "5g", "channel": 100, "antenna_gain_dbi": ASSUMED_GAIN_DBI},
)

_NOT_IN_A_LABEL = re.compile(r"[^a-z0-9]+")
# Keys of a radio in the inventory -> the type of the value, and the radio's own name of it.
_RADIO_KEYS: dict[str, tuple[tuple[type, ...], str]] = {
    "band": ((str,), "band"),
    "channel": ((int,), "channel"),
    "width_mhz": ((int,), "width_mhz"),
    "antenna_gain_dbi": ((int, float), "antenna_gain_dbi"),
    "cable_loss_db": ((int, float), "cable_loss_db"),
    "standard": ((str,), "standard"),
    "power_dbm": ((int,), "wanted_power_dbm"),
    "phy": ((str,), "phy"),
}


def intent(
    access_point: AccessPoint,
    settings: Settings,
    *,
    radius_secret: SecretStr,
    uam_secret: SecretStr,
    radius_addresses: Sequence[str] = (),
) -> AccessPointIntent:
    """What this access point shall be.

    Args:
        access_point: With its hotspot; nothing else is read from the database.
        settings: Where portal and RADIUS servers are.
        radius_secret: The access point's, opened.
        uam_secret: The access point's, opened.
        radius_addresses: Of the RADIUS servers, as the access point reaches them; without any, the settings'.

    Raises:
        ConfigError: A value of the inventory that no access point could be configured with; names the field.
    """
    addresses = tuple(radius_addresses) or (radius_address(settings),)
    servers = tuple(
        RadiusServer(address, settings.radius_auth_port, settings.radius_acct_port) for address in addresses
    )
    hotspot = access_point.hotspot
    return AccessPointIntent(
        make=access_point.make,
        gateway=access_point.gateway,
        hostname=host_label(access_point.name),
        nas_identifier=access_point.nas_identifier,
        hotspot_name=hotspot.name,
        ssid=hotspot.ssid,
        outdoor=hotspot.outdoor,
        radios=_radios(access_point),
        plan=_plan(access_point, servers),
        portal_base_url=settings.portal_base_url,
        radius_servers=servers,
        radius_secret=radius_secret,
        uam_secret=uam_secret,
        radsec=_radsec(access_point, settings),
        coa_port=access_point.coa_port,
        mac_authentication=access_point.mac_authentication,
        walled_garden=() if hotspot.wifi4eu_network is None else (WIFI4EU_COLLECTOR,),
    )


def radius_address(settings: Settings) -> str:
    """The RADIUS server as access points reach it: the address it listens on, else the host of the portal."""
    if not ipaddress.ip_address(settings.radius_bind).is_unspecified:
        return settings.radius_bind
    return urlsplit(settings.portal_base_url).hostname or ""


def is_reachable(host: str) -> bool:
    """False for a host name or address of loopback, which only this machine can call."""
    address = checks.ipv4(host)
    return host != "localhost" and not (address is not None and address.is_loopback)


def radio(field: str, entry: Mapping[str, Any], *, outdoor: bool) -> Radio:
    """A radio of the inventory, checked against the rules for where it stands.

    Raises:
        ConfigError: A key that is unknown or missing, a value of another type, or outside of the rules.
    """
    values: dict[str, Any] = {}
    for key, value in entry.items():
        if key not in _RADIO_KEYS:
            raise ConfigError(f"{field}.{key}", f"is unknown; known are {', '.join(_RADIO_KEYS)}")
        types, name = _RADIO_KEYS[key]
        if not isinstance(value, types) or isinstance(value, bool):
            raise ConfigError(f"{field}.{key}", f"must be a {'number' if int in types else 'text'}")
        values[name] = value
    for key in ("band", "channel"):
        if key not in values:
            raise ConfigError(f"{field}.{key}", "is missing")
    return Radio(**values, outdoor=outdoor, field=field)


def host_label(name: str) -> str:
    """The access point's name as a label of a host name: small letters, digits and hyphens, at most 63.

    Raises:
        ConfigError: Nothing of the name is left.
    """
    label = _NOT_IN_A_LABEL.sub("-", name.lower()).strip("-")[:63].rstrip("-")
    checks.host_label("name", label)
    return label


def warnings(access_point: AccessPoint, made: AccessPointIntent) -> tuple[str, ...]:
    """What a person should know of an intent that could be made all the same."""
    said: list[str] = []
    if not access_point.radios:
        said.append(
            f"the inventory names no radios of {access_point.name}; two are assumed, with antennas of "
            f"{ASSUMED_GAIN_DBI} dBi. Name them, so that their power is right"
        )
    return (*said, *on_loopback(made))


def on_loopback(made: AccessPointIntent) -> tuple[str, ...]:
    """Why nobody would get online by this: who of us is looked for on the access point or phone itself."""
    said: list[str] = []
    if not is_reachable(made.portal_host):
        said.append(
            "the portal is on loopback, where no resident's browser reaches it; set HOTSPOTS_PORTAL_BASE_URL"
        )
    if not all(is_reachable(server.address) for server in made.radius_servers):
        said.append(
            "the RADIUS server is on loopback, where no access point reaches it; set "
            "HOTSPOTS_PORTAL_BASE_URL or HOTSPOTS_RADIUS_BIND, or give --radius-server"
        )
    return tuple(said)


def _radios(access_point: AccessPoint) -> tuple[Radio, ...]:
    outdoor = access_point.hotspot.outdoor
    assumed = ASSUMED_OUTDOOR if outdoor else ASSUMED_INDOOR
    return tuple(
        radio(f"radios[{index}]", entry, outdoor=outdoor)
        for index, entry in enumerate(access_point.radios or assumed)
    )


def _radsec(access_point: AccessPoint, settings: Settings) -> RadSec | None:
    if access_point.radius_transport != RADSEC:
        return None
    return RadSec(settings.radsec_port or CUSTOMARY_RADSEC_PORT, access_point.name)


def _plan(access_point: AccessPoint, servers: Sequence[RadiusServer]) -> AddressPlan:
    called_from = network_of(access_point.address)
    own = (called_from,) if isinstance(called_from, ipaddress.IPv4Network) else ()
    reached = tuple(ipaddress.IPv4Network(server.ip) for server in servers if server.ip is not None)
    return derive(access_point.nas_identifier, (*own, *reached))
