"""What mends each fault: a command of ours, or one on the device in the words of its make."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hotspots.access_points.transports import RADSEC, RADSEC_IS_RENDERED, certificate_command
from hotspots.security.card import Facts, Fault

_OURS: Final[Mapping[Fault, str]] = MappingProxyType(
    {
        Fault.NEVER_HEARD: "hotspots config render {name}",
        Fault.SIGNATURE_NOT_DEMANDED: "hotspots ap change {name} --message-authenticator required",
        Fault.SECRET_SHORT: "hotspots ap secret change {name}",
        Fault.SECRET_WEAK: "hotspots ap secret change {name}",
        Fault.SECRET_OLD: "hotspots ap secret change {name}",
        Fault.OCTETS_REVERSED: "octets_from_client_view: true  # in the inventory; hotspots inventory import FILE",
        Fault.DISCONNECT_UNTRIED: "hotspots session disconnect ID  # of a session of your own device there",
    }
)
_ON_DEVICES: Final[Mapping[str, Mapping[Fault, str]]] = MappingProxyType(
    {
        "coovachilli": {
            Fault.OCTETS_REVERSED: "uci set chilli.@chilli[0].swapoctets=1; uci commit chilli; service chilli restart",
            Fault.DISCONNECT_UNANSWERED: "uci set chilli.@chilli[0].coaport=3799; uci commit chilli; "
            "service chilli restart",
        },
        "mikrotik": {
            Fault.UNSIGNED: "/radius set [find service~hotspot] require-message-auth=yes-for-request-resp",
            Fault.NO_OCTETS: "/ip hotspot profile set [find] radius-accounting=yes radius-interim-update=received",
            Fault.CLASS_NOT_ECHOED: "/system package update install",
            Fault.DISCONNECT_UNANSWERED: "/radius incoming set accept=yes port=3799",
            Fault.DISCONNECT_REFUSED: "/radius incoming set accept=yes port=3799",
            Fault.CLOCK_OFF: "/system ntp client set enabled=yes servers=tempus1.gum.gov.pl",
        },
        "uspot": {
            Fault.DISCONNECT_UNANSWERED: "uci set uspot.captive.das_port=3799; uci commit uspot; service uspot restart",
        },
        "cisco": {
            Fault.NO_OCTETS: "aaa accounting update newinfo periodic 5",
            Fault.DISCONNECT_UNANSWERED: "aaa server radius dynamic-author; client RADIUS server-key SECRET",
            Fault.CLOCK_OFF: "ntp server tempus1.gum.gov.pl",
        },
        "aruba": {
            Fault.DISCONNECT_UNANSWERED: "aaa rfc-3576-server RADIUS; key SECRET",
            Fault.CLOCK_OFF: "ntp server tempus1.gum.gov.pl",
        },
        "omada": {
            Fault.NO_OCTETS: "in its RADIUS profile: RADIUS Accounting and Interim Update on",
            Fault.DISCONNECT_UNANSWERED: "in its portal: Disconnect Requests on",
        },
    }
)
"""By gateway; RADIUS stands for the address of our server, SECRET for that of the access point."""

_ON_OPENWRT: Final[Mapping[Fault, str]] = MappingProxyType(
    {
        Fault.CLOCK_OFF: "uci add_list system.ntp.server=tempus1.gum.gov.pl; uci set system.ntp.enabled=1; "
        "uci commit system; service sysntpd restart",
    }
)
_WORSE: Final = {Fault.CLOCK_WRONG: Fault.CLOCK_OFF, Fault.DISCONNECT_BELIED: Fault.DISCONNECT_UNANSWERED}
"""What the same command mends."""


def remedy(fault: Fault, facts: Facts) -> str | None:
    """The command that mends a fault of this access point; None where its make has none but newer firmware."""
    if fault is Fault.UNENCRYPTED:
        return _to_tls(facts)
    same = _WORSE.get(fault, fault)
    if same is Fault.DISCONNECT_UNANSWERED and (facts.gateway, facts.transport) == ("mikrotik", RADSEC):
        # It is not known to take any over TLS, and by UDP its configuration lets none in.
        return f"hotspots ap change {facts.name} --radius-transport udp  # in a tunnel: docs/radsec.md"
    on_device = _ON_DEVICES.get(facts.gateway, {}).get(same)
    if on_device is None and facts.make == "openwrt":
        on_device = _ON_OPENWRT.get(same)
    if on_device is not None:
        return on_device
    command = _OURS.get(fault)
    return None if command is None else command.format(name=facts.name)


def _to_tls(facts: Facts) -> str:
    """What comes next on the way to RADIUS over TLS."""
    if facts.configured_transport == RADSEC:
        return f"hotspots config render {facts.name} --out FOLDER  # and roll it out"
    certificate = certificate_command(facts.name)
    if (facts.make, facts.gateway) in RADSEC_IS_RENDERED:
        return f"{certificate} && hotspots ap change {facts.name} --radius-transport radsec"
    return certificate
