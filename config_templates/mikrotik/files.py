"""Which files make a RouterOS access point."""

from config_templates.errors import NoTemplatesError
from config_templates.intent import AccessPointIntent
from config_templates.mikrotik.basics import addresses, identity, radios
from config_templates.mikrotik.firewall import firewall
from config_templates.mikrotik.hotspot import hotspot, walled_garden
from config_templates.mikrotik.pages import pages
from config_templates.mikrotik.radius import CERTIFICATE_FILES, radius
from config_templates.source import Source

GATEWAYS = ("mikrotik",)


def sources(intent: AccessPointIntent) -> tuple[Source, ...]:
    """The script that sets up a device without configuration, and the pages that hand residents over to the portal.

    Raises:
        NoTemplatesError: The gateway is not RouterOS' own.
        ConfigError: A value that RouterOS cannot be told.
    """
    if intent.gateway not in GATEWAYS:
        raise NoTemplatesError("gateway", f"on mikrotik there are templates for {', '.join(GATEWAYS)} only")
    statements = (
        *identity(intent),
        *addresses(intent),
        *radios(intent),
        *firewall(intent),
        *hotspot(intent),
        *walled_garden(intent),
        # Last: a statement that fails ends the script, and a HotSpot that cannot ask lets nobody in.
        *radius(intent),
    )
    data = {"statements": statements, "certificates": () if intent.radsec is None else CERTIFICATE_FILES}
    return (Source("access-point.rsc", "mikrotik/script.rsc.j2", data), *pages(intent))
