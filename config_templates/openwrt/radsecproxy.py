"""radsecproxy between CoovaChilli, which speaks UDP, and the RADIUS servers, which are called over TLS (RFC 6614).

Sources: net/radsecproxy/files/radsecproxy.init of OpenWrt's packages; radsecproxy.conf(5). The service of OpenWrt
writes a file out of UCI, those options that it knows, in quotes that it does not look for in values; so UCI only
includes a whole file here, which is also the one that the service without UCI reads.
"""

from pydantic import SecretStr

from config_templates.intent import AccessPointIntent, RadSec
from config_templates.openwrt.section import section
from config_templates.source import Source

AUTH_PORT, ACCT_PORT = 1812, 1813
LISTENS_ON = "127.0.0.1"
CERTIFICATES = "/etc/radsec"
"""Folder on the device: authority.pem, access-point.pem and access-point.key are put there by hand, once."""

_FILE = "etc/radsecproxy.conf"


def radsecproxy(intent: AccessPointIntent, radsec: RadSec) -> tuple[Source, ...]:
    """Its own file, and the UCI file that leads to it.

    The secret on loopback is that of the access point: Disconnects come by UDP, past radsecproxy, under the same.
    """
    leads_to_it = section("options", "options", {"Include": f"/{_FILE}"})
    data = {
        "listens_on": LISTENS_ON,
        "ports": (AUTH_PORT, ACCT_PORT),
        "certificates": CERTIFICATES,
        "secret": intent.radius_secret,
        "servers": [server.address for server in intent.radius_servers],
        "port": radsec.port,
    }
    return (
        Source(_FILE, "openwrt/radsecproxy.conf.j2", data),
        Source("etc/config/radsecproxy", "openwrt/uci.j2", {"file": "radsecproxy", "sections": (leads_to_it,)}),
    )


def quote(value: SecretStr) -> str:
    """A secret as radsecproxy reads it back: what is no ASCII letter or digit in hexadecimal, octet by octet."""
    octets = value.get_secret_value().encode()
    return "".join(chr(each) if chr(each).isalnum() and each < 128 else f"%{each:02x}" for each in octets)
