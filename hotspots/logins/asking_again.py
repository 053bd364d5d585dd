"""Whether a remembered device is asked again: a pure decision, since anybody can send somebody else's address.

It is about logins by address alone. Asked again means that the gateway shows its page, where somebody taps: that is
all it costs the device's owner, and from then on the device is good where it was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from hotspots import mac
from hotspots.logins.travel import Position, Travel, metres_between
from hotspots.plans import Plan
from hotspots.policy import Check, Reason, Refuse

_LONG_AGO: Final = timedelta(hours=12)
"""Whoever was last seen before that may be anywhere."""

_Way = tuple[int | None, int]
"""How far it is, None where that is not known, and how far somebody can have come; in metres."""


class Place(Struct, frozen=True):
    """A hotspot, by its slug, and where that is."""

    hotspot: str
    position: Position | None = None


class Remembered(Struct, frozen=True):
    """A device as it was remembered: when it was asked last, and where; None where that place is no more."""

    device: str
    asked_at: datetime
    asked_in: Place | None = None


class Seen(Struct, frozen=True):
    """A session of the device: where, from when, and when it was last heard of; ``online`` while it goes on."""

    place: Place
    since: datetime
    heard_at: datetime
    online: bool = False


def ask_again(
    known: Remembered, here: Place, sessions: Iterable[Seen], plan: Plan, travel: Travel, now: datetime
) -> Refuse | tuple[Check, ...]:
    """Whether a device that is remembered has to be asked here and now; otherwise the rules that let it pass.

    Its own address is believed as long as it is remembered, one that it made up for so long as ``plan`` says. And it
    is where its sessions say: who is online at another hotspot, or was so a moment ago, cannot be here by now.
    """
    checks: list[Check] = []
    reason = _random_for_too_long(known, plan, now, checks) or _moved(known, here, sessions, travel, now, checks)
    return tuple(checks) if reason is None else Refuse(reason, checks=tuple(checks))


def _random_for_too_long(known: Remembered, plan: Plan, now: datetime, checks: list[Check]) -> Reason | None:
    if not mac.is_randomised(known.device):
        return None
    age, limit = int((now - known.asked_at).total_seconds()), plan.believes_random_seconds
    checks.append(Check("random_address", age, limit, max(0, limit - age)))
    return Reason.ASKED_AGAIN_RANDOM if age >= limit else None


def _moved(
    known: Remembered, here: Place, sessions: Iterable[Seen], travel: Travel, now: datetime, checks: list[Check]
) -> Reason | None:
    """Of all that was seen elsewhere, what leaves least room decides, and is written down."""
    ways = [
        way
        for seen in _elsewhere(known, here, sessions, travel)
        if (way := _way(seen, here, travel, now)) is not None
    ]
    if not ways:
        return None
    metres, reach = way = min(ways, key=_left)
    checks.append(Check("way", metres, reach, max(0, _left(way))))
    return Reason.ASKED_AGAIN_MOVED if _left(way) < 0 else None


def _elsewhere(known: Remembered, here: Place, sessions: Iterable[Seen], travel: Travel) -> Iterator[Seen]:
    """Where else the device was. Whoever was asked here is here, whatever began elsewhere before that."""
    asked_here = known.asked_in is not None and _is_near(known.asked_in, here, travel)
    if known.asked_in is not None and not asked_here:
        yield Seen(known.asked_in, known.asked_at, known.asked_at)
    for seen in sessions:
        if seen.place.hotspot != here.hotspot and not (asked_here and seen.since <= known.asked_at):
            yield seen


def _is_near(one: Place, other: Place, travel: Travel) -> bool:
    metres = metres_between(one.position, other.position)
    return one.hotspot == other.hotspot or (metres is not None and metres <= travel.near_m)


def _way(seen: Seen, here: Place, travel: Travel, now: datetime) -> _Way | None:
    """What there is to say of one session elsewhere; None where nothing speaks against it."""
    if not seen.online and now - seen.heard_at > _LONG_AGO:
        return None
    reach = travel.reach_m(0 if seen.online else (now - seen.heard_at).total_seconds())
    metres = metres_between(seen.place.position, here.position)
    return None if metres is None and not seen.online else (metres, reach)


def _left(way: _Way) -> int:
    """Metres that are left of the way; where nobody knows how far it is, it still cannot be in two places."""
    metres, reach = way
    return -1 if metres is None else reach - metres
