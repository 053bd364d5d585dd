"""Our side of TLS: our certificate, whom we trust, and what may be agreed to."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import SecretStr

from hotspots.access_points.radius_versions import RadiusVersions
from hotspots.certificates import register
from hotspots.certificates.issuing import Purpose
from hotspots.database import Database

_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"  # for TLS 1.2; those of 1.3 are all good


@dataclass(frozen=True, slots=True)
class Material:
    """The newest certificate of the server with its key, and the authorities that access points are signed by."""

    certificate: str
    key: SecretStr
    authorities: tuple[str, ...]


def read_material(database: Database, now: datetime) -> Material | None:
    """What TLS needs, from the database; None where there is no certificate for the server yet.

    Raises:
        HotspotsError: The key was sealed under another secret key.
    """
    with database.read() as session:
        servers = register.good(session, now, Purpose.SERVER)
        if not servers:
            return None
        authorities = register.good(session, now, Purpose.AUTHORITY)
        key = register.opened_key(servers[-1], database.vault)
        return Material(servers[-1].pem, key, tuple(row.pem for row in authorities))


def make_context(material: Material, versions: RadiusVersions) -> ssl.SSLContext:
    """TLS 1.2 or 1.3, with certificates on both sides.

    Sessions are not resumed: each connection shows its certificate, and agrees to its version, anew (RFC 9765
    section 3.5 forbids to go back from tokens).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata="".join(material.authorities))
    context.set_alpn_protocols(versions.protocols)
    _load(context, [material.key.get_secret_value(), material.certificate])
    return context


def _load(context: ssl.SSLContext, pems: Sequence[str]) -> None:
    # OpenSSL reads keys from files only: one that is in memory alone (memfd_create(2)) and is gone when it is closed.
    descriptor = os.memfd_create("radsec", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, "".join(pems).encode())
        context.load_cert_chain(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)
