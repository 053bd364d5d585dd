"""What a RADIUS secret does: prove who sent a packet, sign ours, and uncover a hidden password."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest
from typing import Final

from pydantic import SecretStr

from radius.md5 import md5
from radius.numbers import Attribute, Code
from radius.wire import AttributeValue, Flaw, Malformed, Packet, header, join

_ZEROS: Final = bytes(16)
_SIGNATURE_HEADER: Final = bytes((Attribute.MESSAGE_AUTHENTICATOR, 18))
_UNSIGNED: Final = _SIGNATURE_HEADER + _ZEROS
_PROXY_STATE: Final = int(Attribute.PROXY_STATE)
_USER_PASSWORD: Final = int(Attribute.USER_PASSWORD)
_STATUS_SERVER: Final = int(Code.STATUS_SERVER)
_ACCOUNTING_RESPONSE: Final = int(Code.ACCOUNTING_RESPONSE)
# Their Request Authenticator is a digest over the attributes, so the Message-Authenticator is made before it,
# over zeros (RFC 5176 section 3.3; FreeRADIUS and pyrad do the same for accounting).
_ZERO_VECTOR: Final = frozenset(
    (int(Code.ACCOUNTING_REQUEST), int(Code.DISCONNECT_REQUEST), int(Code.COA_REQUEST)),
)
_BLOCK: Final = 64  # of MD5, in octets
_INNER_PAD: Final = bytes(octet ^ 0x36 for octet in range(256))
_OUTER_PAD: Final = bytes(octet ^ 0x5C for octet in range(256))


class SharedSecret:
    """The secret that an access point shares with us.

    Made once for an access point and kept: it holds the two halves of HMAC-MD5 with the key already in them,
    which halves the time of each signature.
    """

    __slots__ = ("_inner", "_octets", "_outer")

    def __init__(self, secret: SecretStr | bytes) -> None:
        octets = secret if isinstance(secret, bytes) else secret.get_secret_value().encode()
        if not octets:
            raise ValueError("a RADIUS secret must not be empty (RFC 2865 section 3)")
        self._octets = octets
        key = md5(octets, usedforsecurity=False).digest() if len(octets) > _BLOCK else octets
        key = key.ljust(_BLOCK, b"\0")
        # RADIUS is MD5 by definition; its weakness is met by Message-Authenticator and by TLS or tunnels below.
        self._inner = md5(key.translate(_INNER_PAD), usedforsecurity=False)
        self._outer = md5(key.translate(_OUTER_PAD), usedforsecurity=False)

    def __repr__(self) -> str:
        return "SharedSecret(***)"

    def verify_signature(self, request: Packet) -> bool:
        """Whether a request's Message-Authenticator is right; False where it has none (RFC 3579 section 3.2).

        It may stand anywhere among the attributes. Ask ``request.signed_at`` first where it is optional.
        """
        vector = _ZEROS if request.code in _ZERO_VECTOR else request.authenticator
        return self._verify_signature(request, vector)

    def verify_digest(self, request: Packet) -> bool:
        """Whether the Request Authenticator of an Accounting-Request, Disconnect or CoA is right.

        It is a digest there (RFC 2866 section 3, RFC 5176 section 2.3); in an Access-Request or Status-Server it
        is a random number, and this is False.
        """
        raw = request.raw
        digest = md5(raw[:4] + _ZEROS + raw[20:] + self._octets, usedforsecurity=False).digest()
        return compare_digest(digest, request.authenticator)

    def verify_reply(self, reply: Packet, request_code: int, request_authenticator: bytes) -> bool:
        """Whether a reply answers our request: its Response Authenticator is right (RFC 2865 section 3).

        A Message-Authenticator, where the reply has one, must be right as well.
        """
        raw = reply.raw
        digest = self._digest(raw[:4] + request_authenticator + raw[20:])
        if not compare_digest(digest, reply.authenticator):
            return False
        if not reply.signed_at:
            return True
        return self._verify_signature(reply, _reply_vector(reply.code, request_code, request_authenticator))

    def reply(self, request: Packet, code: int, attributes: Iterable[AttributeValue] = ()) -> bytes:
        """The signed reply to a request, ready to be sent.

        Message-Authenticator first (so that no prefix can be forged: CVE-2024-3596), then the attributes in
        their order, then the request's Proxy-State unchanged and in order (RFC 2865 section 5.33).

        The answer to accounting has one only where the report had one. It is not among the attributes of RFC 2866,
        and peers disagree on how to make it there: radclient and pyrad over zeros, the benchmarks' load generator
        over the request's authenticator. Who does not sign might find ours wrong, and never hear that it was
        answered.

        Raises:
            TooLong: A value or the whole does not fit.
        """
        return self.reply_with(request, code, join(attributes))

    def reply_with(self, request: Packet, code: int, body: bytes) -> bytes:
        """As :meth:`reply`, from attributes that are joined already.

        Raises:
            TooLong: The whole does not fit.
        """
        if _PROXY_STATE in request.first:
            body += join((_PROXY_STATE, state) for state in request.all(_PROXY_STATE))
        if code == _ACCOUNTING_RESPONSE and not request.signed_at:
            head = header(code, request.identifier, len(body))
        else:
            head = header(code, request.identifier, len(_UNSIGNED) + len(body))
            vector = _reply_vector(code, request.code, request.authenticator)
            body = _SIGNATURE_HEADER + self._hmac(head + vector + _UNSIGNED + body) + body
        return head + self._digest(head + request.authenticator + body) + body

    def request(
        self, code: int, identifier: int, attributes: Iterable[AttributeValue], *, sign: bool = True
    ) -> bytes:
        """A Disconnect-Request or CoA-Request (or an Accounting-Request), ready to be sent.

        The Message-Authenticator comes first, and is made before the Request Authenticator, over zeros
        (RFC 5176 section 3.3). ``sign=False`` leaves it out for gateways that refuse it (uspot).

        Raises:
            TooLong: A value or the whole does not fit.
        """
        body = join(attributes)
        head = header(code, identifier, len(body) + (len(_UNSIGNED) if sign else 0))
        if sign:
            body = _SIGNATURE_HEADER + self._hmac(head + _ZEROS + _UNSIGNED + body) + body
        return head + self._digest(head + _ZEROS + body) + body

    def uncover_password(self, request: Packet) -> bytes | None:
        """The User-Password of a request, padding taken off; None where it has none (RFC 2865 section 5.2).

        With a wrong secret the result is noise, not an error.

        Raises:
            Malformed: Its length is not 16 to 128 octets in steps of 16.
        """
        hidden = request.first.get(_USER_PASSWORD)
        return None if hidden is None else self._uncover(hidden, request.authenticator)

    def _uncover(self, hidden: bytes, vector: bytes) -> bytes:
        size = len(hidden)
        if size % 16 or not 16 <= size <= 128:
            raise Malformed(Flaw.VALUE_LENGTH, _USER_PASSWORD)
        if size == 16:  # as most are: one block, without the ceremony
            mask = md5(self._octets + vector, usedforsecurity=False).digest()
            plain = int.from_bytes(mask, "big") ^ int.from_bytes(hidden, "big")
            return plain.to_bytes(16, "big").rstrip(b"\0")
        blocks = []
        for start in range(0, size, 16):
            block = hidden[start : start + 16]
            mask = md5(self._octets + vector, usedforsecurity=False).digest()
            plain = int.from_bytes(mask, "big") ^ int.from_bytes(block, "big")
            blocks.append(plain.to_bytes(16, "big"))
            vector = block
        return b"".join(blocks).rstrip(b"\0")

    def _verify_signature(self, packet: Packet, vector: bytes) -> bool:
        at = packet.signed_at
        if not at:
            return False
        raw = packet.raw
        unsigned = raw[:4] + vector + raw[20:at] + _ZEROS + raw[at + 16 :]
        return compare_digest(self._hmac(unsigned), raw[at : at + 16])

    def _digest(self, octets: bytes) -> bytes:
        return md5(octets + self._octets, usedforsecurity=False).digest()

    def _hmac(self, octets: bytes) -> bytes:
        """HMAC-MD5 (RFC 2104) from copies of the two prepared halves: half the time of ``hmac.digest``."""
        inner = self._inner.copy()
        inner.update(octets)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


def _reply_vector(code: int, request_code: int, request_authenticator: bytes) -> bytes:
    """What stands for the authenticator while a reply's Message-Authenticator is made.

    The request's (RFC 3579 section 3.2, RFC 5997 section 3); zeros in the answer to accounting, which no RFC
    describes and FreeRADIUS and pyrad check so.
    """
    if code == _ACCOUNTING_RESPONSE and request_code != _STATUS_SERVER:
        return _ZEROS
    return request_authenticator
