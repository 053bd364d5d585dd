"""Access-Requests: from a packet to a login that the domain decides, and from its decision to the reply."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest
from typing import Final

from msgspec import Struct

from hotspots.logins.login import Attempt, LoginDesk, Outcome, Password, Unproved
from hotspots.policy import Reason, Refuse
from hotspots.sessions import class_attribute
from hotspots.sessions.usage_window import WARSAW
from radius import attributes, chap
from radius.drops import Drop, Dropped
from radius.numbers import Attribute, Code
from radius.receiving import Request
from radius.replies import encode
from radius.wire import Packet, attribute, join

_MAY_BE_NEW: Final = frozenset((Reason.UNKNOWN_USER, Reason.PLAN_UNKNOWN))


class ClearPassword(Struct, frozen=True):
    """A User-Password (PAP), uncovered."""

    octets: bytes

    def __repr__(self) -> str:
        return "ClearPassword(***)"

    def matches(self, *candidates: str) -> bool:
        """Whether it is one of these, compared in constant time."""
        for candidate in candidates:  # noqa: SIM110 - a generator costs a microsecond here
            if compare_digest(candidate.encode(), self.octets):
                return True
        return False

    @property
    def clear(self) -> bytes:
        """The password as it was sent."""
        return self.octets


class ChapAnswer(Struct, frozen=True):
    """A CHAP-Password: the answer to a challenge."""

    request: Packet

    def __repr__(self) -> str:
        return "ChapAnswer(***)"

    def matches(self, *candidates: str) -> bool:
        """Whether it was made from one of these, compared in constant time."""
        return any(chap.matches(self.request, candidate.encode()) for candidate in candidates)

    @property
    def clear(self) -> None:
        """Nobody knows the password: only what it makes of a challenge was sent."""
        return None


class NoPassword:
    """Nothing was sent to prove anything with: enough only where the device's address is what counts."""

    def matches(self, *candidates: str) -> bool:  # noqa: ARG002 - as the others
        """Whether it is one of these: it never is."""
        return False

    @property
    def clear(self) -> bytes:
        """Nothing was sent."""
        return b""


def attempt_of(request: Request, now: datetime) -> Attempt:
    """The login that an Access-Request asks for.

    Raises:
        Dropped: It asks for EAP, which is not spoken here.
        Malformed: A password has an impossible length.
    """
    packet, caller = request.packet, request.caller
    if attributes.octets(packet, Attribute.EAP_MESSAGE) is not None:
        raise Dropped(Drop.EAP_UNSUPPORTED)
    # A name that is missing or cannot be read is nobody's: it is refused like any unknown one.
    name = attributes.user_name(packet) or ""
    return Attempt(caller.client, name, attributes.device(packet), _password(request), now)


def _password(request: Request) -> Password:
    if chap.is_offered(request.packet):
        return ChapAnswer(request.packet)
    clear = request.caller.secret.uncover_password(request.packet)
    return NoPassword() if clear is None else ClearPassword(clear)


class Authentication:
    """Answers Access-Requests. ``class_key`` is the key for ``keys.CLASS_ATTRIBUTE``."""

    def __init__(self, desk: LoginDesk, class_key: bytes) -> None:
        self.desk = desk
        self._class_key = class_key

    def decide(self, request: Request, now: datetime) -> Outcome | Unproved:
        """Decide the login, or say that its password has to be hashed first; raises as :func:`attempt_of`."""
        return self.desk.login(attempt_of(request, now))

    def reply(self, request: Request, outcome: Outcome) -> bytes:
        """The signed Access-Accept or Access-Reject that tells the gateway what was decided."""
        if isinstance(outcome.decision, Refuse):
            words = attribute(Attribute.REPLY_MESSAGE, reply_message(outcome.decision))
            return request.reply(Code.ACCESS_REJECT, join([words]))
        body = encode(outcome.attempt.client.gateway, outcome.decision.limits)
        if outcome.session_class is not None:
            named = class_attribute.encode(self._class_key, outcome.session_class)
            body += bytes((Attribute.CLASS, len(named) + 2)) + named
        return request.reply(Code.ACCESS_ACCEPT, body)


def may_be_new(refusal: Refuse) -> bool:
    """Whether somebody may have been added to the database since it was last read: a voucher, a plan."""
    return refusal.reason in _MAY_BE_NEW


def reply_message(refusal: Refuse) -> str:
    """The Reply-Message of a reject: the reason as a word, and when to try again where time mends it.

    ``pause_not_over; try again at 2026-11-21T12:30:00+01:00`` (Warsaw time, RFC 3339). Gateways hand it on to the
    portal, which has the sentence for the word before the semicolon in the resident's language.
    """
    if refusal.retry_at is None:
        return refusal.reason.value
    return (
        f"{refusal.reason.value}; try again at {refusal.retry_at.astimezone(WARSAW).isoformat(timespec='seconds')}"
    )
