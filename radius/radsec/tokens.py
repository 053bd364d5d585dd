"""RADIUS/1.1 (RFC 9765): no secret and no MD5, since TLS does what they were for; a token pairs question and answer."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest

from radius.numbers import Attribute, Code
from radius.shared_secret import SharedSecret
from radius.wire import AttributeValue, Flaw, Malformed, Packet, header, join

TOKEN_OCTETS = 4
MOST_TOKENS = 1 << 32
_RESERVED = bytes(12)
_MOST_PASSWORD_OCTETS = 128
_MESSAGE_AUTHENTICATOR = int(Attribute.MESSAGE_AUTHENTICATOR)
_PROXY_STATE = int(Attribute.PROXY_STATE)
_USER_PASSWORD = int(Attribute.USER_PASSWORD)


class Tokens(SharedSecret):
    """Stands where the shared secret does in the historic versions, and needs none: nothing is signed or hidden."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(b"radius/1.1")

    def __repr__(self) -> str:
        return "Tokens()"

    def verify_signature(self, request: Packet) -> bool:  # noqa: ARG002 - as in historic RADIUS
        """TLS has verified it; a Message-Authenticator means nothing (section 5.2)."""
        return True

    def verify_digest(self, request: Packet) -> bool:  # noqa: ARG002 - as in historic RADIUS
        """TLS has verified it; where the digest was there is a token."""
        return True

    def verify_reply(self, reply: Packet, request_code: int, request_authenticator: bytes) -> bool:  # noqa: ARG002
        """Whether the reply has the token of the request, which stands where its authenticator began."""
        return compare_digest(token_of(reply), request_authenticator[:TOKEN_OCTETS])

    def reply_with(self, request: Packet, code: int, body: bytes) -> bytes:
        """The reply with the request's token and its Proxy-State, without Message-Authenticator.

        Raises:
            TooLong: The whole does not fit.
        """
        if _PROXY_STATE in request.first:
            body += join((_PROXY_STATE, state) for state in request.all(_PROXY_STATE))
        return header(code, 0, len(body)) + token_of(request) + _RESERVED + body

    def request(
        self,
        code: int,
        identifier: int,
        attributes: Iterable[AttributeValue],
        *,
        sign: bool = True,  # noqa: ARG002 - nothing is signed
    ) -> bytes:
        """A request of ours; ``identifier`` is the token.

        Raises:
            TooLong: A value or the whole does not fit.
        """
        body = join(attributes)
        return header(code, 0, len(body)) + identifier.to_bytes(TOKEN_OCTETS, "big") + _RESERVED + body

    def uncover_password(self, request: Packet) -> bytes | None:
        """The User-Password as it stands there (section 5.1.1).

        Raises:
            Malformed: Its length is not 1 to 128 octets.
        """
        password = request.first.get(_USER_PASSWORD)
        if password is not None and not 1 <= len(password) <= _MOST_PASSWORD_OCTETS:
            raise Malformed(Flaw.VALUE_LENGTH, _USER_PASSWORD)
        return password


def token_of(packet: Packet) -> bytes:
    """The four octets that pair a question with its answer; they have no meaning of their own (section 4.2.2)."""
    return packet.authenticator[:TOKEN_OCTETS]


def without_signature(packet: Packet) -> Packet:
    """The packet as if there were no Message-Authenticator in it (section 5.2)."""
    if not packet.signed_at:
        return packet
    first = {number: value for number, value in packet.first.items() if number != _MESSAGE_AUTHENTICATOR}
    return packet._replace(signed_at=0, first=first)


def lacks_challenge(packet: Packet) -> bool:
    """Whether it is a CHAP login without CHAP-Challenge: there is no authenticator to take it from (section 5.1.2)."""
    return (
        packet.code == Code.ACCESS_REQUEST
        and Attribute.CHAP_PASSWORD in packet.first
        and Attribute.CHAP_CHALLENGE not in packet.first
    )
