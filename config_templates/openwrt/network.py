"""`/etc/config/network`, `wireless` and `dhcp`: the uplink, the bridge of the residents, the radios, DNS."""

from config_templates import checks
from config_templates.intent import AccessPointIntent
from config_templates.openwrt.section import Section, section
from config_templates.radio import Radio

BRIDGE = "br-hotspot"
DEFAULT_UPLINK = "wan"
_HT_MODE = {"n": "HT", "ac": "VHT", "ax": "HE"}


def network(intent: AccessPointIntent) -> tuple[Section, ...]:
    """The uplink by DHCP, and a bridge without an address: CoovaChilli speaks on it by itself."""
    return (
        section(
            "interface",
            "loopback",
            {"device": "lo", "proto": "static", "ipaddr": "127.0.0.1", "netmask": "255.0.0.0"},
        ),
        section(
            "interface",
            "wan",
            {"device": intent.uplink or DEFAULT_UPLINK, "proto": "dhcp", "hostname": intent.hostname},
        ),
        section("device", "hotspot_bridge", {"name": BRIDGE, "type": "bridge", "bridge_empty": True}),
        section("interface", "hotspot", {"device": BRIDGE, "proto": "none"}),
    )


def wireless(intent: AccessPointIntent) -> tuple[Section, ...]:
    """A `wifi-device` and an open, isolated `wifi-iface` for each radio (openwrt.org, "/etc/config/wireless")."""
    sections: list[Section] = []
    for index, radio in enumerate(intent.radios):
        sections += [_device(intent, index, radio), _interface(intent, index)]
    return tuple(sections)


def dhcp(intent: AccessPointIntent) -> tuple[Section, ...]:
    """DNS only, by dnsmasq: CoovaChilli gives the leases. The portal may have a private address."""
    names = tuple(host for host in intent.garden_hosts if checks.ipv4(host) is None)
    return (
        section(
            "dnsmasq",
            "dns",
            {
                "domainneeded": True,
                "localise_queries": True,
                "rebind_protection": True,
                "rebind_localhost": True,
                "nonwildcard": True,
                "localservice": True,
                "resolvfile": "/tmp/resolv.conf.d/resolv.conf.auto",  # noqa: S108 - a path on the device
                "leasefile": "/tmp/dhcp.leases",  # noqa: S108 - a path on the device
            },
            {"rebind_domain": names},
        ),
        section("dhcp", "hotspot", {"interface": "hotspot", "ignore": True}),
        section("dhcp", "wan", {"interface": "wan", "ignore": True}),
    )


def _device(intent: AccessPointIntent, index: int, radio: Radio) -> Section:
    return section(
        "wifi-device",
        f"radio{index}",
        {
            "type": "mac80211",
            "phy": radio.phy or f"phy{index}",
            "band": radio.band,
            "channel": radio.channel,
            "htmode": f"{_HT_MODE[radio.wireless_standard]}{radio.width_mhz}",
            "country": intent.country,
            "txpower": radio.power_dbm,
            "cell_density": 0,
            "disabled": False,
        },
    )


def _interface(intent: AccessPointIntent, index: int) -> Section:
    return section(
        "wifi-iface",
        f"hotspot{index}",
        {
            "device": f"radio{index}",
            "mode": "ap",
            "network": "hotspot",
            "ssid": intent.ssid,
            "encryption": "none",
            # One keeps stations of this radio apart, the other those of different radios.
            "isolate": True,
            "bridge_isolate": True,
        },
    )
