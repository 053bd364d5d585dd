"""TLS to a controller whose certificate nobody vouches for: it has to be the one that was written down."""

from __future__ import annotations

import hashlib
import hmac
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from captive_portal.controllers.errors import ControllerError

_PATIENCE_SECONDS = 5.0


class WrongCertificateError(ssl.SSLError):
    """The controller, or whoever stands in its place, has another certificate than the one that is written down."""


def client(
    url: str,
    certificate_sha256: str | None,
    headers: Mapping[str, str],
    patience_seconds: float = _PATIENCE_SECONDS,
) -> httpx.Client:
    """A client that speaks to this controller and to nobody else: it follows no redirect; connections are kept.

    Raises:
        ControllerError: It cannot be reached, or has another certificate than the one that is written down.
    """
    try:
        verify = context_for(url, certificate_sha256)
    except OSError as error:
        raise ControllerError(f"the controller at {url} is not trusted or not there: {error}") from error
    return httpx.Client(
        base_url=url, headers=headers, verify=verify, timeout=patience_seconds, follow_redirects=False
    )


def context_for(url: str, certificate_sha256: str | None) -> ssl.SSLContext:
    """What to verify a connection to this URL with: the pinned certificate, or the public authorities.

    The certificate is fetched first and held against the fingerprint, and then is the only thing that is trusted, so
    that the connection itself is verified and not only looked at beforehand.

    Raises:
        OSError: The controller cannot be reached.
        WrongCertificateError: Its certificate is another.
    """
    if certificate_sha256 is None:
        return ssl.create_default_context()
    parts = urlsplit(url)
    pem = ssl.get_server_certificate((parts.hostname or "", parts.port or 443), timeout=_PATIENCE_SECONDS)
    found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    if not hmac.compare_digest(found, certificate_sha256):
        raise WrongCertificateError(f"{parts.hostname} has the certificate {found}, not {certificate_sha256}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # it is known by its key, and calls itself by any name
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(cadata=pem)
    return context
