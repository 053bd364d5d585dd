"""CHAP (RFC 1994, RFC 2865 section 2.2): a password proved without being sent."""

from __future__ import annotations

from hashlib import md5
from hmac import compare_digest

from radius import attributes
from radius.numbers import Attribute
from radius.wire import Flaw, Malformed, Packet


def is_offered(request: Packet) -> bool:
    """Whether the request carries a CHAP-Password, instead of or beside a User-Password."""
    return attributes.octets(request, Attribute.CHAP_PASSWORD) is not None


def matches(request: Packet, password: bytes) -> bool:
    """Whether the request's CHAP-Password was made from this password; False where it has none.

    The challenge is the CHAP-Challenge attribute, or the Request Authenticator where that is missing
    (RFC 2865 section 5.40).

    Raises:
        Malformed: The CHAP-Password is not 17 octets: one of identifier, 16 of response (section 5.3).
    """
    answer = attributes.octets(request, Attribute.CHAP_PASSWORD)
    if answer is None:
        return False
    if len(answer) != 17:
        raise Malformed(Flaw.VALUE_LENGTH, Attribute.CHAP_PASSWORD)
    challenge = attributes.octets(request, Attribute.CHAP_CHALLENGE) or request.authenticator
    expected = md5(answer[:1] + password + challenge, usedforsecurity=False).digest()
    return compare_digest(expected, answer[1:])
