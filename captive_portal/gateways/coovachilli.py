"""CoovaChilli's redirect to the portal ("UAM"), and the way back to it; uspot speaks the same.

Source: CoovaChilli 1.8, ``src/redir.c`` (the order and the encoding of the parameters, ``md``, the answers).
Nothing here opens anything: text in, values out.
"""

from __future__ import annotations

import hmac
import re
from hashlib import md5
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from captive_portal.gateways.addresses import base_url, ip_address, is_private, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac

DEVICE_IS_SIGNED: Final = True
_SIGNATURE: Final = "&md="
_CHALLENGE: Final = re.compile(r"(?:[0-9a-fA-F]{2}){1,32}")
_RESULTS: Final = {
    "notyet": Result.NOT_YET,
    "challenge": Result.NOT_YET,
    "splash": Result.NOT_YET,
    "wispr": Result.NOT_YET,
    "already": Result.ALREADY,
    "status": Result.ALREADY,
    "popup1": Result.ALREADY,
    "popup2": Result.ALREADY,
    "popup3": Result.LOGGED_OFF,
    "success": Result.SUCCESS,
    "failed": Result.FAILED,
    "reject": Result.FAILED,
    "logoff": Result.LOGGED_OFF,
}
_MOST_PARAMETERS: Final = 60


def nas_identifier(raw_query: str) -> str | None:
    """The access point that the redirect claims to come from: who has to have signed it."""
    return _parameters(raw_query).get("nasid") or None


def is_signed(base_url: str, path: str, raw_query: str, uam_secret: bytes) -> bool:
    """Whether ``md`` proves that the access point with this secret made the redirect.

    ``md`` is MD5 in capitals over the whole address as the gateway wrote it, up to ``&md=``, and the secret. The
    address is rebuilt from the configured ``base_url``, never from the Host header, which the browser chooses.
    Without a secret a gateway signs nothing, and nothing is proved.
    """
    if not uam_secret:
        return True
    signed, separator, rest = raw_query.partition(_SIGNATURE)
    if not separator:
        return False
    claimed = rest.partition("&")[0]
    address = f"{base_url}{path}?{signed}"
    expected = md5(address.encode() + uam_secret, usedforsecurity=False).hexdigest().upper()
    return hmac.compare_digest(expected.encode(), claimed.encode())


def read(raw_query: str) -> GatewayVisit | None:
    """The redirect as a visit, None where a part is missing. What stands behind ``md`` is not signed, and not read.

    A login address that is not on a private network counts as missing: a ticket is never carried to a public host.
    """
    given = _parameters(raw_query)
    device = mac.normalise(given.get("mac", ""))
    base = _login_base(given)
    challenge = given.get("challenge", "")
    result = _RESULTS.get(given.get("res", ""))
    if device is None or base is None or result is None or not given.get("nasid"):
        return None
    if not _CHALLENGE.fullmatch(challenge) and (challenge or result is Result.NOT_YET):
        return None
    return GatewayVisit(
        result=result,
        nas_identifier=given["nasid"],
        device=device,
        login_base=base,
        challenge=challenge.lower(),
        client_ip=ip_address(given.get("ip", "")),
        called=given.get("called"),
        session_id=given.get("sessionid"),
        user_url=web_address(given.get("userurl", "")),
        seconds_left=_number(given.get("timeleft", "")),
        reply=given.get("reply"),
    )


def chap_response(challenge: str, uam_secret: bytes, password: str) -> str:
    """The answer to the challenge in 32 hexadecimal digits (RFC 1994, section 4.1, with the identifier 0).

    What is answered is the challenge itself, or its MD5 with the secret where there is one.
    """
    octets = bytes.fromhex(challenge)
    if uam_secret:
        octets = md5(octets + uam_secret, usedforsecurity=False).digest()
    return md5(b"\0" + password.encode() + octets, usedforsecurity=False).hexdigest()


def can_log_in(visit: GatewayVisit) -> bool:
    """Whether there is a challenge to answer."""
    return bool(visit.challenge)


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - it redirects to us by itself
    """To the gateway's logon address; the password itself is not in it."""
    query = {"username": user_name, "response": chap_response(visit.challenge, uam_secret, password)}
    if visit.user_url is not None:
        query["userurl"] = visit.user_url
    return HandOver(f"{visit.login_base}logon?{urlencode(query, quote_via=quote)}")


def log_out_url(visit: GatewayVisit) -> str:
    """Where the browser goes to log out."""
    return f"{visit.login_base}logoff"


def again_url(visit: GatewayVisit) -> str:
    """Where the browser gets a new challenge; the gateway sends it back here with it."""
    return f"{visit.login_base}prelogin"


def _parameters(raw_query: str) -> dict[str, str]:
    signed = raw_query.partition(_SIGNATURE)[0]
    try:
        pairs = parse_qsl(signed, keep_blank_values=True, errors="replace", max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return {}
    given: dict[str, str] = {}
    for name, value in pairs:
        # The first counts: ``userurl`` stands last, and where it is not encoded anybody can add to what follows.
        given.setdefault(name, value)
    return given


def _login_base(given: dict[str, str]) -> str | None:
    """The gateway's HTTPS service where it has one, its plain one otherwise."""
    secure = _secure_base(given.get("ssl", ""))
    if secure is not None:
        return secure
    host, port = given.get("uamip", ""), _number(given.get("uamport", ""))
    if not is_private(host) or port is None or not 1 <= port <= 65535:
        return None
    return base_url("http", host, port)


def _secure_base(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme != "https" or parts.username is not None or not is_private(host):
        return None
    return base_url("https", host, port)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
