"""Name, clock, addresses, DNS and radios of a RouterOS access point."""

import math

from config_templates.intent import AccessPointIntent
from config_templates.mikrotik.quoting import Word
from config_templates.mikrotik.statement import Statement, statement
from config_templates.radio import Radio, frequency_mhz

BRIDGE = Word("hotspot")
DEFAULT_UPLINK = "ether1"
LEASE_TIME = Word("1h")
COUNTRY_NAMES = {"PL": "Poland"}
_WIDTHS = {20: Word("20mhz"), 40: Word("20/40mhz"), 80: Word("20/40/80mhz")}
MAX_ANTENNA_GAIN = 30


def identity(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """RouterOS sends its identity as NAS-Identifier, so that is what the identity must be."""
    return (
        statement("/system identity", "set", {"name": intent.nas_identifier}),
        statement("/system note", "set", {"note": intent.hotspot_name, "show-at-login": True}),
        statement(
            "/system clock", "set", {"time-zone-autodetect": False, "time-zone-name": Word(intent.time_zone)}
        ),
        statement("/system ntp client", "set", {"enabled": True, "servers": Word(",".join(intent.ntp_servers))}),
    )


def addresses(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """The uplink by DHCP, the residents' bridge with its network, leases and DNS.

    No DHCP option 114: RouterOS cannot put the client into the address, and behind its translation our RFC 8908 API
    could not tell one client from another.
    """
    plan = intent.plan
    gateway = Word(plan.gateway)
    return (
        statement("/interface bridge", "add", {"name": BRIDGE, "protocol-mode": Word("rstp")}),
        statement(
            "/ip dhcp-client",
            "add",
            {"interface": uplink(intent), "use-peer-dns": True, "use-peer-ntp": False, "add-default-route": True},
        ),
        statement(
            "/ip address", "add", {"address": Word(f"{gateway}/{plan.network.prefixlen}"), "interface": BRIDGE}
        ),
        statement("/ip pool", "add", {"name": BRIDGE, "ranges": Word(f"{plan.first_lease}-{plan.last_lease}")}),
        statement(
            "/ip dhcp-server network",
            "add",
            {
                "address": Word(plan.network),
                "gateway": gateway,
                "dns-server": gateway,
            },
        ),
        statement(
            "/ip dhcp-server",
            "add",
            {
                "name": BRIDGE,
                "interface": BRIDGE,
                "address-pool": BRIDGE,
                "lease-time": LEASE_TIME,
                "disabled": False,
            },
        ),
        statement("/ip dns", "set", {"allow-remote-requests": True}),
    )


def radios(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """The radios, open and with stations kept apart, on one radio and between them (menu /interface wifi)."""
    return tuple(_radio(intent, index, radio) for index, radio in enumerate(intent.radios))


def uplink(intent: AccessPointIntent) -> str:
    """Name of the uplink port."""
    return intent.uplink or DEFAULT_UPLINK


def _radio(intent: AccessPointIntent, index: int, radio: Radio) -> Statement:
    net_gain = math.ceil(radio.antenna_gain_dbi - radio.cable_loss_db)
    return statement(
        "/interface wifi",
        "set",
        {
            "configuration.mode": Word("ap"),
            "configuration.country": COUNTRY_NAMES[intent.country],
            "configuration.ssid": intent.ssid,
            "configuration.antenna-gain": min(max(net_gain, 0), MAX_ANTENNA_GAIN),
            "configuration.tx-power": radio.power_dbm,
            "channel.band": Word(f"{'2ghz' if radio.band == '2g' else '5ghz'}-{radio.wireless_standard}"),
            "channel.frequency": frequency_mhz(radio.band, radio.channel),
            "channel.width": _WIDTHS[radio.width_mhz],
            "security.authentication-types": "",
            "datapath.bridge": BRIDGE,
            "datapath.bridge-horizon": 1,
            "datapath.client-isolation": True,
            "disabled": False,
        },
        find=("default-name", radio.phy or f"wifi{index + 1}"),
    )
