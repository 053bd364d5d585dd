"""openNDS with a portal elsewhere ("FAS"): what its redirect says at the levels 1 to 4, and the way in at 1 and 2.

Source: openNDS 10, ``src/http_microhttpd.c`` (``construct_querystring``, ``try_to_authenticate``) and the FAS scripts
that come with it. It asks no RADIUS. At the levels 2 and 3 the redirect is encrypted under the key that both sides
have; at 1 and 4 it is only encoded, and the browser may have changed it: what lets in is the answer to the token's
digest, which is worth something to the device alone that has the token. Nothing here opens anything.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from captive_portal.gateways import by_form
from captive_portal.gateways.addresses import ip_address, is_private, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = False

again_url = by_form.again_url

ENCRYPTED: Final = (2, 3)
FETCHES: Final = (3, 4)
"""The levels at which the gateway fetches whom to let in, instead of being told by the browser."""

_KEYS: Final = (
    *("hid", "clientip", "clientmac", "client_type", "cpi_query", "gatewayname", "gatewayurl", "version"),
    *("gatewayaddress", "gatewaymac", "authdir", "originurl", "clientif", "themespec"),
)
_NEXT_KEY: Final = re.compile(rf"(?:^|, )({'|'.join(_KEYS)})=")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_DIRECTORY: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_KEY_OCTETS: Final = 32
_LONGEST: Final = 8_000


def read(query: Mapping[str, str], nas_identifier: str, faskey: bytes, level: int) -> GatewayVisit | None:
    """The redirect as a visit; None where it was not made at this level under this key, or names another gateway.

    The gateway's name has to be the access point's NAS-Identifier.
    """
    text = _text(query, faskey, level)
    given = {} if text is None else _fields(text)
    device, client_ip = mac.normalise(given.get("clientmac", "")), ip_address(given.get("clientip", ""))
    base = _login_base(given.get("gatewayaddress", ""), given.get("authdir") or "opennds_auth")
    hid = given.get("hid", "")
    if device is None or client_ip is None or base is None or not _DIGEST.fullmatch(hid):
        return None
    if not is_named(given.get("gatewayname", ""), nas_identifier):
        return None
    return GatewayVisit(
        result=Result.NOT_YET,
        nas_identifier=nas_identifier,
        device=device,
        login_base=base,
        challenge=hid,
        client_ip=client_ip,
        called=given.get("gatewaymac"),
        user_url=web_address(unquote(given.get("originurl", ""))),
        gateway="opennds",
    )


def is_named(url_encoded: str, nas_identifier: str) -> bool:
    """Whether a gateway of this name has the NAS-Identifier; it may end in a blank, or in what C calls nothing."""
    return unquote(url_encoded).removesuffix("(null)").strip() == nas_identifier


def token_digest(token: str) -> str:
    """The "hid" of a token: what names a visitor to the portal."""
    return sha256(token.encode()).hexdigest()


def answer(hid: str, faskey: bytes) -> str:
    """The "rhid" by which the gateway lets in whoever has the token of this digest."""
    return sha256(hid.encode() + faskey).hexdigest()


def can_log_in(visit: GatewayVisit) -> bool:
    """Whether there is a digest to answer."""
    return bool(visit.challenge)


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - it knows no names
    """To the gateway's own login; it sends on to ``back`` whoever it has let in."""
    query = {"tok": answer(visit.challenge, uam_secret), "redir": back}
    return HandOver(f"{visit.login_base}?{urlencode(query, quote_via=quote)}")


def log_out_url(visit: GatewayVisit) -> str:
    """Where the browser goes to log out."""
    return urljoin(visit.login_base, "/opennds_deny/")


def _text(query: Mapping[str, str], faskey: bytes, level: int) -> str | None:
    # In a query a plus sign stands for a blank, and openNDS does not encode those of its base 64.
    fas = query.get("fas", "").replace(" ", "+")
    if not fas or len(fas) > _LONGEST:
        return None
    try:
        octets = base64.b64decode(fas, validate=True)
        if level in ENCRYPTED:
            octets = _decrypted(base64.b64decode(octets, validate=True), query.get("iv", "").encode(), faskey)
        text = octets.decode()
    except (binascii.Error, ValueError):
        return None
    # Where somebody has turned bits of what is encrypted, whole blocks become noise.
    return text if text.isprintable() else None


def _decrypted(octets: bytes, vector: bytes, faskey: bytes) -> bytes:
    """AES-256 in CBC mode with PKCS#7, under the key as openssl takes it from PHP: cut, or filled up with zeros."""
    key = faskey[:_KEY_OCTETS].ljust(_KEY_OCTETS, b"\0")
    decryptor = Cipher(AES(key), CBC(vector)).decryptor()
    unpadder = PKCS7(AES.block_size).unpadder()
    return unpadder.update(decryptor.update(octets) + decryptor.finalize()) + unpadder.finalize()


def _fields(text: str) -> dict[str, str]:
    """The values by their names; a value may hold commas, so only a known name begins the next. The first counts."""
    found: dict[str, str] = {}
    starts = list(_NEXT_KEY.finditer(text))
    for place, start in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(text)
        found.setdefault(start[1], text[start.end() : end])
    return found


def _login_base(address: str, directory: str) -> str | None:
    try:
        parts = urlsplit(f"http://{address}")
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    plain = parts.username is None and not (parts.path or parts.query or parts.fragment)
    if not plain or not is_private(host) or not _DIRECTORY.fullmatch(directory):
        return None
    return f"http://{host}{'' if port is None else f':{port}'}/{directory}/"
