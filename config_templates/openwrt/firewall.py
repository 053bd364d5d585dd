"""`/etc/config/firewall` for fw4: residents reach the Internet and nothing else (openwrt.org, "Firewall")."""

from config_templates import checks
from config_templates.intent import AccessPointIntent
from config_templates.openwrt.chilli import TUNNEL, UAM_PORT
from config_templates.openwrt.section import Section, section

PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")


def firewall(intent: AccessPointIntent) -> tuple[Section, ...]:
    """Zones, then rules: first match wins, so what is allowed stands before what is refused."""
    return (*_zones(), *_to_the_device(intent), *_from_residents(intent))


def _zones() -> tuple[Section, ...]:
    return (
        section(
            "defaults",
            "defaults",
            {"input": "REJECT", "output": "ACCEPT", "forward": "REJECT", "synflood_protect": True},
        ),
        section(
            "zone",
            "wan",
            {
                "name": "wan",
                "input": "REJECT",
                "output": "ACCEPT",
                "forward": "REJECT",
                "masq": True,
                "mtu_fix": True,
            },
            {"network": ("wan",)},
        ),
        # Residents' packets come out of chilli's tunnel; on the bridge itself nothing may be spoken but to chilli.
        section(
            "zone",
            "hotspot",
            {"name": "hotspot", "input": "REJECT", "output": "ACCEPT", "forward": "REJECT"},
            {"device": (TUNNEL,)},
        ),
        section(
            "zone",
            "bridge",
            {"name": "bridge", "input": "DROP", "output": "DROP", "forward": "DROP"},
            {"network": ("hotspot",)},
        ),
        section("forwarding", "hotspot_wan", {"src": "hotspot", "dest": "wan"}),
    )


def _to_the_device(intent: AccessPointIntent) -> tuple[Section, ...]:
    servers = tuple(str(server.ip) for server in intent.radius_servers if server.ip is not None)
    # A server that is known by name only: chilli itself takes orders from its RADIUS servers alone.
    callers = servers if len(servers) == len(intent.radius_servers) else ()
    management = tuple(str(network) for network in intent.management_sources)
    return (
        _accept("dhcp_renew", "wan", "udp", "68"),
        section(
            "rule",
            "ping",
            {"name": "ping", "src": "wan", "proto": "icmp", "icmp_type": "echo-request", "target": "ACCEPT"},
        ),
        _accept("coa", "wan", "udp", str(intent.coa_port), callers),
        _accept("management", "wan", "tcp", "22", management),
        _accept("dns", "hotspot", "tcp udp", "53"),
        _accept("login", "hotspot", "tcp", str(UAM_PORT)),
    )


def _from_residents(intent: AccessPointIntent) -> tuple[Section, ...]:
    inside = tuple(host for host in intent.garden_hosts if checks.ipv4(host) is not None)
    garden = () if not inside else (_forward("garden", "all", "ACCEPT", inside),)
    # A portal that is known by name may have a private address, most often that of the RADIUS servers.
    servers = tuple(str(server.ip) for server in intent.radius_servers if server.ip is not None)
    portal = () if not servers else (_forward("portal", "tcp", "ACCEPT", servers, intent.portal_port),)
    return (*garden, *portal, _forward("no_private_networks", "all", "REJECT", PRIVATE_NETWORKS))


def _accept(name: str, source: str, proto: str, port: str, callers: tuple[str, ...] = ()) -> Section:
    options = {"name": name, "src": source, "proto": proto, "dest_port": port, "target": "ACCEPT", "family": "ipv4"}
    return section("rule", name, dict(options), {"src_ip": callers})


def _forward(name: str, proto: str, target: str, destinations: tuple[str, ...], port: int | None = None) -> Section:
    return section(
        "rule",
        name,
        {
            "name": name,
            "src": "hotspot",
            "dest": "wan",
            "proto": proto,
            "dest_port": port,
            "target": target,
            "family": "ipv4",
        },
        {"dest_ip": destinations},
    )
