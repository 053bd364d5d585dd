"""What residents do, planned in advance from a seed: where and when they come, what they do, how they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from monitoring.synthetic.visit import Phone

PHONES: Final = (
    Phone(
        "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36", "pl-PL,pl;q=0.9"
    ),
    Phone("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "pl-PL"),
    Phone(
        "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/137.0 Mobile Safari/537.36", "uk-UA,uk;q=0.9"
    ),
    Phone("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "en-GB,en;q=0.8"),
)

MISTYPED: Final = "AAAA-BBBB-CCCC"
"""A voucher as somebody types it who cannot read the last character: no code ends so."""

_MISTYPE: Final = 0.04
_ARRIVALS_END: Final = 0.6
"""The share of the time in which residents first come; the rest is left for them to stay and come back."""

_LONGEST_STAY_SECONDS: Final = 5 * 3600
_LAST_CHANCE: Final = 0.92
_KEEN: Final = 100_000_000
"""What somebody wants who wants as much as there is, in bit/s; the plan's rate is what they get."""


class Leaving(StrEnum):
    """How a stay ends: named as the cause that the gateway will report, as far as the resident decides it."""

    LOGS_OUT = "User-Request"
    WALKS_AWAY = "Lost-Carrier"
    FALLS_ASLEEP = "Idle-Timeout"
    STAYS_ON = "Session-Timeout"


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay: when it begins and how long it is meant to last in simulated seconds, and the bit/s wanted."""

    place: int
    begins_at: float
    seconds: int
    wanted_up_bps: int
    wanted_down_bps: int
    leaving: Leaving


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody with one device, and the stays that are planned for them, in their order."""

    number: int
    mac: str
    phone: Phone
    stays: tuple[Stay, ...]
    voucher: str | None = None
    mistypes: bool = False
    """Types a voucher wrongly before going on without one, or with the right one."""


def plan(
    random: Random,
    count: int,
    has_portal: Sequence[bool],
    horizon_seconds: float,
    vouchers: Sequence[str] = (),
    near: Sequence[Sequence[int]] | None = None,
) -> list[Resident]:
    """Plan residents for these places, spread over the time and evenly over the places.

    Who comes to a place whose gateway does not lead to the portal has first been at one that does, near by where there
    is one: their device is remembered from there. Each voucher goes to one resident, from the first on.

    Args:
        random: Where all chance comes from.
        count: How many residents.
        has_portal: For each place, whether its gateway leads to the portal.
        horizon_seconds: How long everything may last, in simulated seconds.
        vouchers: Codes.
        near: For each place, those that can be gone to from there in no time, itself among them; all where None.
    """
    holders = dict(enumerate(vouchers))
    everywhere = near or [range(len(has_portal))] * len(has_portal)
    return [
        Resident(
            number,
            _mac(random),
            random.choice(PHONES),
            _stays(
                *(random, number % len(has_portal), has_portal, everywhere[number % len(has_portal)]),
                *(horizon_seconds, number in holders),
            ),
            holders.get(number),
            random.random() < _MISTYPE,
        )
        for number in range(count)
    ]


def _mac(random: Random) -> str:
    # Locally administered and unicast: what phones make up for themselves, and no maker's.
    return f"02:{random.randrange(256):02x}:" + random.randbytes(4).hex(":")


def _stays(
    random: Random, home: int, has_portal: Sequence[bool], near: Sequence[int], horizon: float, has_voucher: bool
) -> tuple[Stay, ...]:
    begins_at = random.uniform(0, _ARRIVALS_END * horizon)
    places = [home] * random.choices((1, 2, 3), (55, 33, 12))[0]
    with_portal = [place for place, portal in enumerate(has_portal) if portal]
    with_portal = [place for place in with_portal if place in near] or with_portal
    if len(places) > 1 and random.random() < 0.3:
        places[-1] = random.choice(near)
    if not has_portal[home] and with_portal and not has_voucher:
        begins_at *= 0.8
        places.insert(0, random.choice(with_portal))
    stays = []
    for place in places:
        stay = _stay(random, place, begins_at, horizon)
        stays.append(stay)
        begins_at += stay.seconds + random.uniform(0.02, 0.1) * horizon
        if begins_at > _LAST_CHANCE * horizon:
            break
    return tuple(stays)


def _stay(random: Random, place: int, begins_at: float, horizon: float) -> Stay:
    wanted_down = random.choices(
        (random.randint(50_000, 800_000), random.randint(2_000_000, 8_000_000), _KEEN), (60, 30, 10)
    )[0]
    leaving = random.choices(tuple(Leaving), (30, 45, 10, 15))[0]
    longest = min(_LONGEST_STAY_SECONDS, horizon - begins_at)
    share = 1.0 if leaving is Leaving.STAYS_ON else random.triangular(0.05, 0.7, 0.15)
    return Stay(
        place=place,
        begins_at=begins_at,
        seconds=max(1, int(longest * share)),
        wanted_up_bps=min(wanted_down // random.randint(2, 12), _KEEN),
        wanted_down_bps=wanted_down,
        leaving=leaving,
    )
