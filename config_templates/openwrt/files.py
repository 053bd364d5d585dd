"""Which files make an OpenWrt access point."""

from collections.abc import Callable

from config_templates.errors import NoTemplatesError
from config_templates.intent import AccessPointIntent
from config_templates.openwrt.chilli import chilli
from config_templates.openwrt.firewall import firewall
from config_templates.openwrt.network import dhcp, network, wireless
from config_templates.openwrt.radsecproxy import radsecproxy
from config_templates.openwrt.section import Section
from config_templates.openwrt.system import system
from config_templates.source import Source

GATEWAYS = ("coovachilli",)
_BUILDERS: dict[str, Callable[[AccessPointIntent], tuple[Section, ...]]] = {
    "system": system,
    "network": network,
    "wireless": wireless,
    "dhcp": dhcp,
    "firewall": firewall,
    "chilli": chilli,
}


def sources(intent: AccessPointIntent) -> tuple[Source, ...]:
    """A file for each part of UCI, with the path that it has on the device.

    Raises:
        NoTemplatesError: The gateway is not CoovaChilli.
        ConfigError: A value that OpenWrt cannot be told.
    """
    if intent.gateway not in GATEWAYS:
        raise NoTemplatesError("gateway", f"on openwrt there are templates for {', '.join(GATEWAYS)} only")
    of_uci = tuple(
        Source(f"etc/config/{name}", "openwrt/uci.j2", {"file": name, "sections": build(intent)})
        for name, build in _BUILDERS.items()
    )
    return of_uci if intent.radsec is None else (*of_uci, *radsecproxy(intent, intent.radsec))
