"""How a RouterOS access point asks RADIUS, over UDP or over TLS (MikroTik's manual, "RADIUS", "Certificates")."""

from __future__ import annotations

from config_templates.errors import ConfigError
from config_templates.intent import AccessPointIntent, RadSec
from config_templates.mikrotik.quoting import Word
from config_templates.mikrotik.statement import Statement, Value, statement
from hotspots.access_points.transports import CUSTOMARY_RADSEC_PORT

KEY_FILE = "access-point.key"
CERTIFICATE_FILES = ("authority.pem", "access-point.pem", KEY_FILE)
"""What lies beside the script where RADIUS over TLS is spoken; the key goes with the import."""

_CERTIFICATE = Word("radsec")
_SECRET = Word("radsec")  # RFC 6614, section 2.3


def radius(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """The certificates and the RADIUS servers, and leave for these to send Disconnect and CoA.

    Raises:
        ConfigError: A server without an IPv4 address, or one that takes TLS on another port than the router calls.
    """
    certificates = () if intent.radsec is None else _certificates(intent.radsec)
    return (
        *certificates,
        *(_server(intent, index) for index in range(len(intent.radius_servers))),
        statement("/radius incoming", "set", {"accept": True, "port": intent.coa_port}),
    )


def _certificates(radsec: RadSec) -> tuple[Statement, ...]:
    if radsec.port != CUSTOMARY_RADSEC_PORT:
        raise ConfigError(
            "radsec.port", f"RouterOS calls TCP port {CUSTOMARY_RADSEC_PORT} only; set HOTSPOTS_RADSEC_PORT to it"
        )
    # An import names what it finds after the file and counts on; whom a certificate is made out to stays the same.
    return (
        *(statement("/certificate", "import", {"file-name": file, "passphrase": ""}) for file in CERTIFICATE_FILES),
        statement("/certificate", "set", {"name": _CERTIFICATE}, find=("common-name", radsec.certificate)),
        statement("/file", "remove", {}, find=("name", KEY_FILE)),
    )


def _server(intent: AccessPointIntent, index: int) -> Statement:
    server = intent.radius_servers[index]
    if server.ip is None:
        raise ConfigError(
            f"radius_servers[{index}].address",
            "RouterOS wants an IP address, not a name; give it with HOTSPOTS_RADIUS_BIND or --radius-server",
        )
    way: dict[str, Value | int] = {"protocol": Word("radsec"), "certificate": _CERTIFICATE, "secret": _SECRET}
    if intent.radsec is None:
        way = {
            "authentication-port": server.auth_port,
            "accounting-port": server.acct_port,
            "secret": intent.radius_secret,
        }
    return statement(
        "/radius",
        "add",
        {
            "service": Word("hotspot"),
            "address": Word(server.ip),
            **way,
            "timeout": Word(f"{intent.radius_timeout_seconds}s"),
            "require-message-auth": Word("yes-for-request-resp"),
        },
    )
