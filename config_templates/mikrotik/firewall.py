"""Firewall of a RouterOS access point: residents reach the Internet and nothing else."""

from config_templates import checks
from config_templates.intent import AccessPointIntent
from config_templates.mikrotik.basics import BRIDGE, uplink
from config_templates.mikrotik.quoting import Word
from config_templates.mikrotik.statement import Statement, Value, statement

PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
MANAGEMENT_PORTS = Word("22,8291")
_KNOWN = Word("established,related,untracked")

Arguments = dict[str, Value | int | bool | None]


def firewall(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """Address lists, translation, then the rules: first match wins. The HotSpot puts its own rules before ours."""
    masquerade: Arguments = {"chain": Word("srcnat"), "action": Word("masquerade"), "out-interface": uplink(intent)}
    return (
        *_lists(intent),
        statement("/ip firewall nat", "add", masquerade),
        *(statement("/ip firewall filter", "add", rule) for rule in (*_input(intent), *_forward(intent))),
        *(
            statement("/ip service", "set", {"disabled": True}, find=("name", Word(service)))
            for service in ("telnet", "ftp", "api")
        ),
    )


def _lists(intent: AccessPointIntent) -> tuple[Statement, ...]:
    servers = tuple(str(server.ip) for server in intent.radius_servers if server.ip is not None)
    management = tuple(str(network) for network in intent.management_sources)
    named = (("radius", servers), ("management", management), ("private", PRIVATE_NETWORKS))
    return tuple(
        statement("/ip firewall address-list", "add", {"list": Word(name), "address": Word(address)})
        for name, addresses in named
        for address in addresses
    )


def _input(intent: AccessPointIntent) -> tuple[Arguments, ...]:
    accept, drop, chain = Word("accept"), Word("drop"), Word("input")
    udp, tcp = Word("udp"), Word("tcp")
    return (
        {"chain": chain, "action": accept, "connection-state": _KNOWN},
        {"chain": chain, "action": drop, "connection-state": Word("invalid")},
        {"chain": chain, "action": accept, "protocol": Word("icmp")},
        *_orders(intent),
        {
            "chain": chain,
            "action": accept,
            "protocol": tcp,
            "dst-port": MANAGEMENT_PORTS,
            "src-address-list": Word("management"),
        },
        {"chain": chain, "action": accept, "protocol": udp, "dst-port": Word("53,67"), "in-interface": BRIDGE},
        {"chain": chain, "action": accept, "protocol": tcp, "dst-port": 53, "in-interface": BRIDGE},
        {"chain": chain, "action": drop, "in-interface": BRIDGE},
        {"chain": chain, "action": drop, "in-interface": uplink(intent)},
    )


def _orders(intent: AccessPointIntent) -> tuple[Arguments, ...]:
    """Where Disconnect and CoA come in by UDP: not with RADIUS over TLS, whose secret everybody knows."""
    if intent.radsec is not None:
        return ()
    return (
        {
            "chain": Word("input"),
            "action": Word("accept"),
            "protocol": Word("udp"),
            "dst-port": intent.coa_port,
            "src-address-list": Word("radius"),
        },
    )


def _forward(intent: AccessPointIntent) -> tuple[Arguments, ...]:
    accept, drop, chain = Word("accept"), Word("drop"), Word("forward")
    inside = tuple(host for host in intent.garden_hosts if checks.ipv4(host) is not None)
    garden: tuple[Arguments, ...] = tuple(
        {"chain": chain, "action": accept, "in-interface": BRIDGE, "dst-address": Word(host)} for host in inside
    )
    return (
        {"chain": chain, "action": accept, "connection-state": _KNOWN},
        {"chain": chain, "action": drop, "connection-state": Word("invalid")},
        *garden,
        # A portal that is known by name may have a private address, most often that of the RADIUS servers.
        {
            "chain": chain,
            "action": accept,
            "in-interface": BRIDGE,
            "protocol": Word("tcp"),
            "dst-port": intent.portal_port,
            "dst-address-list": Word("radius"),
        },
        {"chain": chain, "action": drop, "in-interface": BRIDGE, "dst-address-list": Word("private")},
        {"chain": chain, "action": drop, "in-interface": uplink(intent)},
    )
