"""`/etc/config/chilli`: CoovaChilli as the gateway.

Sources: net/coova-chilli/files/chilli.init of OpenWrt's packages, src/cmdline.c and src/main-opt.c of coova-chilli.
The init script copies each option as `name="value"` into chilli's own file, reads no lists, and writes flags for
the options that it knows as such. That file has no escapes: a double quote ends the value, a line ends at 2048
octets, and an option that chilli does not know stops it. Blanks at the start of a value are dropped.
"""

from pydantic import SecretStr

from config_templates import checks
from config_templates.errors import ConfigError
from config_templates.intent import AccessPointIntent, RadiusServer
from config_templates.openwrt import radsecproxy
from config_templates.openwrt.section import Section, Value, section

TUNNEL = "tun0"
UAM_PORT = 3990
MAX_VALUE_OCTETS = 1900
LEASE_SECONDS = 3600
MAX_DHCP_OPTION_OCTETS = 255
MAC_CHARACTERS = 17


def chilli(intent: AccessPointIntent) -> tuple[Section, ...]:
    """One instance on the residents' bridge.

    Raises:
        ConfigError: What chilli cannot be told: servers on different ports, or a value that its file cannot carry.
    """
    _check_ports(intent)
    options = {**_net(intent), **_radius(intent), **_uam(intent)}
    for key, value in options.items():
        check_value(f"chilli.hotspot.{key}", value)
    return (section("chilli", "hotspot", options),)


def check_value(field: str, value: Value | int | bool | None) -> None:
    """Refuse what chilli's file cannot carry.

    Raises:
        ConfigError: A double quote, a blank at the start, or too long a value.
    """
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if '"' in text:
        raise ConfigError(field, "CoovaChilli's file cannot hold a double quote; choose a value without one")
    if text != text.lstrip():
        raise ConfigError(field, "CoovaChilli drops blanks at the start; choose a value without them")
    if len(text.encode()) > MAX_VALUE_OCTETS:
        raise ConfigError(field, f"CoovaChilli reads at most {MAX_VALUE_OCTETS} octets; shorten the list")


def _check_ports(intent: AccessPointIntent) -> None:
    ports = {(server.auth_port, server.acct_port) for server in intent.radius_servers}
    if len(ports) > 1:
        raise ConfigError(
            "radius_servers", "CoovaChilli calls both servers on the same ports; give them equal ones"
        )


def _net(intent: AccessPointIntent) -> dict[str, Value | int | bool | None]:
    return {
        "network": "hotspot",
        "tundev": TUNNEL,
        "net": str(intent.plan.network),
        "uamlisten": str(intent.plan.gateway),
        "dns1": str(intent.plan.gateway),
        "dns2": str(intent.plan.gateway),
        "domain": "hotspot.internal",
        "lease": LEASE_SECONDS,
        "maxclients": intent.plan.lease_count,
    }


def _radius(intent: AccessPointIntent) -> dict[str, Value | int | bool | None]:
    first, last = intent.radius_servers[0], intent.radius_servers[-1]
    if intent.radsec is not None:
        first = last = RadiusServer(radsecproxy.LISTENS_ON, radsecproxy.AUTH_PORT, radsecproxy.ACCT_PORT)
    return {
        "radiusserver1": first.address,
        "radiusserver2": last.address,
        "radiusauthport": first.auth_port,
        "radiusacctport": first.acct_port,
        "radiussecret": intent.radius_secret,
        "radiustimeout": intent.radius_timeout_seconds,
        "radiusnasid": intent.nas_identifier,
        "coaport": intent.coa_port,
        "coanoipcheck": True if _orders_come_past_the_proxy(intent) else None,
        "definteriminterval": intent.interim_seconds,
        "macauth": intent.mac_authentication,
    }


def _orders_come_past_the_proxy(intent: AccessPointIntent) -> bool:
    """Whether Disconnects come from an address that chilli does not ask, and the firewall lets no others through."""
    return intent.radsec is not None and all(server.ip is not None for server in intent.radius_servers)


def _uam(intent: AccessPointIntent) -> dict[str, Value | int | bool | None]:
    names = tuple(host for host in intent.garden_hosts if checks.ipv4(host) is None)
    return {
        "uamserver": f"{intent.portal_base_url}/uam",
        "uamsecret": intent.uam_secret,
        "uamport": UAM_PORT,
        "uamallowed": ",".join(intent.garden_hosts),
        "uamdomain": ",".join(names),
        # With a limit chilli 1.9 hangs up on the browser after an Access-Reject; our tickets are good once anyway.
        "challengetimeout": 0,
        "captiveportalapi_uri": _api_uri(intent),
    }


def _api_uri(intent: AccessPointIntent) -> str | None:
    """DHCP option 114, in which chilli puts the client's MAC address for `%{m}`."""
    url = intent.captive_portal_api_url
    if url is None:
        return None
    if len(url) + MAC_CHARACTERS > MAX_DHCP_OPTION_OCTETS:
        raise ConfigError(
            "nas_identifier", "makes the address of the captive portal API too long for DHCP; shorten it"
        )
    return f"{url}%{{m}}"
