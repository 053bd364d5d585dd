"""CoovaChilli's side of the visit to the portal: the redirect it signs, and the logon address that comes back.

Source: CoovaChilli's ``src/redir.c``; uspot speaks the same. Pure functions.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.packets import Chap, Client, Credentials, Pap

UAM_ADDRESS: Final = "10.1.0.1"
UAM_PORT: Final = 3990
PORTAL_PATH: Final = "/uam"
_UNESCAPED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*")


class NotALogon(ValueError):  # noqa: N818 - reads as what it says
    """An address that the browser was sent to is not the logon address of this gateway, or lacks a part."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A device that waits for its login: the challenge in hexadecimal digits, and where its user wanted to go."""

    client: Client
    challenge: str
    wanted: str


def redirect_url(
    base: str, access_point: AccessPoint, asking: Asking, result: str, reply: str | None = None
) -> str:
    """The address that the gateway sends a browser to, with ``md`` where there is a UAM secret.

    Args:
        base: The portal as the gateway's own configuration names it, without a final slash.
        access_point: Whose secret signs it.
        asking: The device.
        result: ``notyet``, ``success``, ``failed`` and the like.
        reply: The Reply-Message of RADIUS, where there is one to show.
    """
    parameters = {
        "res": result,
        "uamip": UAM_ADDRESS,
        "uamport": str(UAM_PORT),
        "challenge": asking.challenge,
        "called": access_point.mac.upper().replace(":", "-"),
        "mac": asking.client.mac.upper().replace(":", "-"),
        "ip": asking.client.address,
        **({"reply": reply} if reply is not None else {}),
        "nasid": access_point.nas_identifier,
        "sessionid": asking.client.session_id,
        "userurl": asking.wanted,
    }
    query = "&".join(f"{name}={_escaped(value)}" for name, value in parameters.items())
    return signed(f"{base}{PORTAL_PATH}?{query}", access_point.uam_secret.get_secret_value())


def signed(url: str, uam_secret: str) -> str:
    """The address with ``md``: MD5 over all of it and the secret, in capitals; unchanged without a secret."""
    if not uam_secret:
        return url
    digest = hashlib.md5((url + uam_secret).encode(), usedforsecurity=False).hexdigest().upper()
    return f"{url}&md={digest}"


def read_logon(url: str, access_point: AccessPoint, challenge: str) -> Credentials:
    """The credentials in a logon address, as the gateway puts them into its Access-Request.

    ``response`` is the answer to the challenge (CHAP), ``password`` the password under it (PAP).

    Raises:
        NotALogon: It leads somewhere else, or has no name, or neither of the two.
    """
    parts = urlsplit(url)
    if (parts.hostname, parts.port, parts.path) != (UAM_ADDRESS, UAM_PORT, "/logon"):
        raise NotALogon(f"the portal sent the browser to {parts.scheme}://{parts.netloc}{parts.path}")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    secret = access_point.uam_secret.get_secret_value()
    try:
        if "username" in query and "response" in query:
            answered = effective_challenge(challenge, secret)
            return Chap(query["username"], answered, _sixteen(query["response"]))
        if "username" in query and "password" in query:
            return Pap(query["username"], _uncovered(query["password"], effective_challenge(challenge, secret)))
    except ValueError:
        raise NotALogon("the logon address has a response that is no 32 hexadecimal digits") from None
    raise NotALogon("the logon address has no username with a response or a password")


def effective_challenge(challenge: str, uam_secret: str) -> bytes:
    """What is really answered: the challenge itself, or its MD5 with the UAM secret where there is one."""
    octets = bytes.fromhex(challenge)
    return hashlib.md5(octets + uam_secret.encode(), usedforsecurity=False).digest() if uam_secret else octets


def _sixteen(text: str) -> bytes:
    octets = bytes.fromhex(text)
    if len(octets) != 16:
        raise ValueError(text)
    return octets


def _uncovered(text: str, mask: bytes) -> bytes:
    covered = bytes.fromhex(text)
    return bytes(octet ^ mask[place % len(mask)] for place, octet in enumerate(covered)).rstrip(b"\0")


def _escaped(text: str) -> str:
    return "".join(chr(octet) if octet in _UNESCAPED else f"%{octet:02x}" for octet in text.encode())
