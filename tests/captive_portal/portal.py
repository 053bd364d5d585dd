"""The portal on a real port, as browsers reach it: plain, or encrypted with a certificate of its own."""

from __future__ import annotations

import datetime
import hashlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from werkzeug.serving import make_server

from captive_portal.app import create_app, utc_now
from hotspots.settings import Settings
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.radius_stand_in import RadiusStandIn

UAM_SECRET = "uam secret"


@contextmanager
def serving(settings: Settings, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1, which becomes the portal's base URL under that host; gives the URL."""
    # The socket comes first: the portal's own address is part of what a gateway signs.
    server = make_server("127.0.0.1", 0, lambda _environ, _start: [], threaded=True, ssl_context=tls)
    base = f"{'http' if tls is None else 'https'}://{host}:{server.server_port}"
    server.app = create_app(settings.model_copy(update={"portal_base_url": base}), utc_now)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield base
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def certificate_of(host: str, folder: Path) -> ssl.SSLContext:
    """A certificate that nobody vouches for, and its key, ready to serve with."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    path = folder / f"{host}.pem"
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(pem + key.private_bytes(encoding, private, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def fingerprint_of(base: str) -> str:
    """SHA-256 of the certificate that is served there, in hexadecimal digits."""
    parts = urlsplit(base)
    pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


class Front(NamedTuple):
    """A portal and the gateway before it: ``anywhere`` is a page that leads a stranger to the login."""

    base: str
    chilli: FakeCoovaChilli
    anywhere: str


@contextmanager
def behind_coovachilli(settings: Settings, radius: RadiusStandIn, host: str = "127.0.0.1") -> Iterator[Front]:
    """Serve it, with a CoovaChilli before it that asks this RADIUS."""
    with serving(settings, host) as base:
        chilli = FakeCoovaChilli(f"{base}/uam", UAM_SECRET, radius.nas_identifier, radius.authenticate)
        with chilli.serving() as anywhere:
            yield Front(base, chilli, anywhere)
