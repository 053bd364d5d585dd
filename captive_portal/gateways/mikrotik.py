r"""The HotSpot of MikroTik's RouterOS: what its login page posts to the portal, and the way back to it.

Sources: help.mikrotik.com, "Hotspot customisation" (pages and variables), and ``errors.txt`` and ``md5.js`` as
RouterOS 6 and 7 put them into ``hotspot/``. RouterOS signs nothing: the page that we render for it carries a proof of
where it takes logins (:mod:`hotspots.access_points.gateway_proof`); the device's address is what the browser says,
and holds once RADIUS has let it in. Nothing here opens anything: text in, values out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import md5
from typing import Final
from urllib.parse import unquote_plus, urlencode, urlsplit

from captive_portal.gateways.addresses import ip_address, is_private, login_base, web_address
from captive_portal.gateways.hand_over import HandOver
from captive_portal.gateways.visit import GatewayVisit, Result
from hotspots import mac
from hotspots.access_points import gateway_proof

IDENTITY: Final = "identity"
PROOF: Final = "proof"
LOGGED_OUT: Final = "logged-out"
"""The value of the field ``page``, on the page that RouterOS shows after a logout."""

DEVICE_IS_SIGNED: Final = False

_ESCAPED: Final = re.compile(r"(?:\\[0-3][0-7]{2})+")
# Nobody has been refused yet: the router tried the device's address by itself, or waits for a newer challenge.
_NO_REFUSALS: Final = ("device_not_remembered", "asked_again", "web browser did not send challenge response")
_LONGEST_ERROR: Final = 200


def read(form: Mapping[str, str], uam_secret: bytes) -> GatewayVisit | None:
    """What the login page posted, as a visit; None where a part is missing or the proof does not hold.

    ``link-login-only`` must be the address that the proof is about. An access point without a UAM secret has no
    proof: then only an address of a private network is believed.
    """
    device = mac.normalise(form.get("mac", ""))
    base = login_base(form.get("link-login-only", ""), "/login", bool)
    chap = _chap(form.get("chap-id", ""), form.get("chap-challenge", ""))
    if device is None or base is None or chap is None or not form.get(IDENTITY):
        return None
    if not _is_ours(form, uam_secret, base):
        return None
    identifier, challenge = chap
    return GatewayVisit(
        result=_result(form),
        nas_identifier=form[IDENTITY],
        device=device,
        login_base=base,
        challenge=challenge.hex(),
        client_ip=ip_address(form.get("ip", "")),
        user_url=web_address(unquote_plus(form.get("link-orig-esc", ""))),
        reply=form.get("error", "")[:_LONGEST_ERROR] or None,
        gateway="mikrotik",
        chap_identifier=identifier,
    )


def unescaped(text: str) -> bytes | None:
    r"""The octets that RouterOS wrote as ``\ooo``, three octal digits each; None where the text is something else."""
    if not _ESCAPED.fullmatch(text):
        return None
    return bytes(int(digits, 8) for digits in text[1:].split("\\"))


def chap_response(identifier: int, challenge: bytes, password: str) -> str:
    """The answer to the challenge in 32 hexadecimal digits (RFC 1994, section 4.1)."""
    return md5(bytes([identifier]) + password.encode() + challenge, usedforsecurity=False).hexdigest()


def can_log_in(visit: GatewayVisit) -> bool:
    """Always: with a challenge by CHAP, without one by PAP. Only who is online or logged out has nothing to answer."""
    return visit.result in (Result.NOT_YET, Result.FAILED)


def hand_over(visit: GatewayVisit, user_name: str, password: str, uam_secret: bytes, back: str) -> HandOver:  # noqa: ARG001 - RouterOS knows none
    """To the router's login form, by POST. RouterOS sends whoever it has let in on to ``back``.

    From an encrypted portal to a plain router browsers hold a form back and warn, but follow a redirect. RouterOS
    takes a login by GET as well (its own page offers a trial so), and what stands in the address is good once.
    """
    challenge = bytes.fromhex(visit.challenge)
    answer = chap_response(visit.chap_identifier, challenge, password) if challenge else password
    fields = (("username", user_name), ("password", answer), ("dst", back), ("popup", "false"))
    url = f"{visit.login_base}login"
    if back.startswith("https:") and url.startswith("http:"):
        return HandOver(f"{url}?{urlencode(fields)}")
    return HandOver(url, fields)


def log_out_url(visit: GatewayVisit) -> str:
    """Where the browser goes to log out."""
    return f"{visit.login_base}logout"


def again_url(visit: GatewayVisit) -> str:
    """The router's login page, which comes back here with a new challenge."""
    return f"{visit.login_base}login"


def _result(form: Mapping[str, str]) -> Result:
    if form.get("page") == LOGGED_OUT:
        return Result.LOGGED_OFF
    error = form.get("error", "")
    return Result.FAILED if error and not error.startswith(_NO_REFUSALS) else Result.NOT_YET


def _is_ours(form: Mapping[str, str], uam_secret: bytes, base: str) -> bool:
    if uam_secret:
        return gateway_proof.holds(form.get(PROOF, ""), uam_secret, form[IDENTITY], base)
    return is_private(urlsplit(base).hostname or "")


def _chap(identifier: str, challenge: str) -> tuple[int, bytes] | None:
    """The identifier and the challenge; an empty challenge where the router wants the password itself."""
    if not identifier and not challenge:
        return 0, b""
    first, second = unescaped(identifier), unescaped(challenge)
    if first is None or second is None or len(first) != 1:
        return None
    return first[0], second
