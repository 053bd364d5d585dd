"""Service plans as values: the limits that an authority gives its residents."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

INTERIM_SECONDS: Final = 300
"""How often a gateway reports of a session where no plan says otherwise."""

RANDOM_ADDRESS_SECONDS: Final = 14 * 24 * 3600
"""Where no plan says otherwise. On an open network iOS 18 takes a new address about every two weeks
(support.apple.com/102509, "Rotating"): longer than that, an iPhone's address is of use to nobody but a stranger."""


class Plan(Struct, frozen=True):
    """The limits of one plan. None means unlimited; rates in bit/s, octets count both ways together.

    ``pause_seconds`` is how long a device stays away once ``session_seconds`` is spent. ``remember_seconds`` is
    how long a device that logged in is let back in without a page; None means that it is asked each time.
    ``remember_random_seconds`` is after how long one with a locally administered address is asked again all the
    same; None means that nobody has decided, and :data:`RANDOM_ADDRESS_SECONDS` holds.
    """

    slug: str
    name: str
    rate_down_bps: int | None = None
    rate_up_bps: int | None = None
    session_seconds: int | None = None
    pause_seconds: int | None = None
    idle_seconds: int | None = None
    daily_seconds: int | None = None
    monthly_seconds: int | None = None
    daily_octets: int | None = None
    monthly_octets: int | None = None
    devices_at_once: int | None = None
    remember_seconds: int | None = None
    remember_random_seconds: int | None = None
    interim_seconds: int = INTERIM_SECONDS
    id: int = 0

    @property
    def believes_random_seconds(self) -> int:
        """How long a locally administered address is believed after its device was asked."""
        return RANDOM_ADDRESS_SECONDS if self.remember_random_seconds is None else self.remember_random_seconds

    @property
    def counts_months(self) -> bool:
        """Whether what was used since the beginning of the month decides anything under this plan."""
        return self.monthly_octets is not None or self.monthly_seconds is not None

    @property
    def looks_back(self) -> bool:
        """Whether what was used before decides anything under this plan."""
        return (
            self.pause_seconds is not None
            or self.devices_at_once is not None
            or self.monthly_octets is not None
            or self.monthly_seconds is not None
            or self.daily_octets is not None
            or self.daily_seconds is not None
        )
