"""The grade of an access point and its faults: a pure function over what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from hotspots.access_points.transports import RADSEC, UDP

LATELY: Final = timedelta(days=30)
"""A login without signature counts for so long: the device may have been mended since."""

SECRET_OCTETS: Final = 16
"""What a secret has at the least (RFC 2865 section 3)."""

STRONG_SECRET_OCTETS: Final = 22
"""As many characters as 128 random bits take in base64."""

SECRET_LASTS: Final = timedelta(days=2 * 365)
CLOCK_MAY_DIFFER_SECONDS: Final = 60.0
REPLAY_WINDOW_SECONDS: Final = 300.0
"""What an Event-Timestamp may differ by before its packet is taken for one that is played back (RFC 5176 6.3)."""


class Grade(StrEnum):
    """A is as it should be; with F, what is said by this access point proves nothing."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Fault(StrEnum):
    """What is wrong, or not proved yet."""

    NEVER_HEARD = "never_heard"
    UNSIGNED = "logins_unsigned"
    SIGNATURE_NOT_DEMANDED = "signature_not_demanded"
    SECRET_SHORT = "secret_short"  # noqa: S105 - a fault, not a secret
    SECRET_WEAK = "secret_weak"  # noqa: S105 - the same
    SECRET_OLD = "secret_old"  # noqa: S105 - the same
    UNENCRYPTED = "unencrypted"
    CLASS_NOT_ECHOED = "class_not_echoed"
    NO_OCTETS = "octets_not_counted"
    OCTETS_REVERSED = "octets_the_wrong_way"
    DISCONNECT_BELIED = "disconnect_belied"
    DISCONNECT_UNANSWERED = "disconnect_unanswered"
    DISCONNECT_REFUSED = "disconnect_refused"
    DISCONNECT_UNTRIED = "disconnect_untried"
    CLOCK_OFF = "clock_off"
    CLOCK_WRONG = "clock_wrong"


BEST_WITH: Final = MappingProxyType(
    {
        Fault.SECRET_SHORT: Grade.F,
        Fault.UNSIGNED: Grade.E,
        Fault.DISCONNECT_BELIED: Grade.D,
        Fault.DISCONNECT_UNANSWERED: Grade.D,
        Fault.NO_OCTETS: Grade.D,
        Fault.SIGNATURE_NOT_DEMANDED: Grade.D,
        Fault.CLASS_NOT_ECHOED: Grade.C,
        Fault.OCTETS_REVERSED: Grade.C,
        Fault.DISCONNECT_REFUSED: Grade.C,
        Fault.SECRET_WEAK: Grade.C,
        Fault.CLOCK_WRONG: Grade.C,
        Fault.SECRET_OLD: Grade.B,
        Fault.CLOCK_OFF: Grade.B,
        Fault.DISCONNECT_UNTRIED: Grade.B,
        Fault.UNENCRYPTED: Grade.B,
    }
)
"""The best grade that an access point can have with a fault."""


class Disconnect(StrEnum):
    """What came of the last Disconnect that says something."""

    PROVED = "proved"
    BELIED = "belied"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one access point; None where nothing is.

    ``sessions`` are some of the last ones; ``with_class`` of them echoed our Class, ``counted`` told of octets,
    ``reversed`` had more of them up than down. ``clock_skew_seconds`` is how far its clock is ahead of ours.
    ``secret_octets`` is the length of its secret, which stands nowhere in here. ``transport`` is how it spoke last,
    ``configured_transport`` how its configuration has it speak.
    """

    name: str
    make: str
    gateway: str
    signature_demanded: bool
    heard_at: datetime | None = None
    signed_at: datetime | None = None
    unsigned_at: datetime | None = None
    transport: str | None = None
    configured_transport: str = UDP
    secret_octets: int | None = None
    secret_set_at: datetime | None = None
    sessions: int = 0
    with_class: int = 0
    counted: int = 0
    reversed: int = 0
    disconnect: Disconnect = Disconnect.UNTRIED
    clock_skew_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """The grade, None for one that was never heard, and the faults, the worst first."""

    facts: Facts
    grade: Grade | None
    faults: tuple[Fault, ...]


def judge(facts: Facts, now: datetime) -> Card:
    """The security card of an access point at ``now``."""
    if facts.heard_at is None:
        return Card(facts, None, (Fault.NEVER_HEARD,))
    found = {*_of_transport(facts, now), *_of_accounting(facts), *_of_disconnects(facts), *_of_clock(facts)}
    faults = tuple(fault for fault in BEST_WITH if fault in found)
    return Card(facts, max((BEST_WITH[fault] for fault in faults), default=Grade.A), faults)


def _of_transport(facts: Facts, now: datetime) -> set[Fault]:
    """Over TLS the certificate proves both ends; the secret there is a word that everybody knows (RFC 6614)."""
    if facts.transport == RADSEC:
        return set()
    found = {Fault.UNENCRYPTED}
    if facts.unsigned_at is not None and now - facts.unsigned_at < LATELY:
        found.add(Fault.UNSIGNED)
    elif not facts.signature_demanded:
        found.add(Fault.SIGNATURE_NOT_DEMANDED)
    if facts.secret_octets is not None and facts.secret_octets < STRONG_SECRET_OCTETS:
        found.add(Fault.SECRET_SHORT if facts.secret_octets < SECRET_OCTETS else Fault.SECRET_WEAK)
    if facts.secret_set_at is not None and now - facts.secret_set_at > SECRET_LASTS:
        found.add(Fault.SECRET_OLD)
    return found


def _of_accounting(facts: Facts) -> set[Fault]:
    """Of most of the last sessions, since a single one may be a device that left at once."""
    if not facts.sessions:
        return set()
    found = set()
    if 2 * facts.with_class < facts.sessions:
        found.add(Fault.CLASS_NOT_ECHOED)
    if 2 * facts.counted < facts.sessions:
        found.add(Fault.NO_OCTETS)
    elif 4 * facts.reversed > 3 * facts.counted:
        found.add(Fault.OCTETS_REVERSED)
    return found


def _of_disconnects(facts: Facts) -> set[Fault]:
    fault = {
        Disconnect.BELIED: Fault.DISCONNECT_BELIED,
        Disconnect.REFUSED: Fault.DISCONNECT_REFUSED,
        Disconnect.UNANSWERED: Fault.DISCONNECT_UNANSWERED,
        Disconnect.UNTRIED: Fault.DISCONNECT_UNTRIED,
    }.get(facts.disconnect)
    return set() if fault is None else {fault}


def _of_clock(facts: Facts) -> set[Fault]:
    off = abs(facts.clock_skew_seconds or 0.0)
    if off > REPLAY_WINDOW_SECONDS:
        return {Fault.CLOCK_WRONG}
    return {Fault.CLOCK_OFF} if off > CLOCK_MAY_DIFFER_SECONDS else set()
