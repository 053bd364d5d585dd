"""A device as somebody typed it into a search field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from hotspots import mac


@dataclass(frozen=True, slots=True)
class DeviceAsked:
    """What was typed, and the MAC address that it is; ``mac`` is None where nothing or no address was typed."""

    typed: str
    mac: str | None

    @classmethod
    def of(cls, typed: str) -> Self:
        """Read any of the usual ways to write a MAC address."""
        return cls(typed.strip(), mac.normalise(typed))

    @property
    def is_wrong(self) -> bool:
        """Whether something was typed that is no MAC address."""
        return bool(self.typed) and self.mac is None

    @property
    def is_randomised(self) -> bool:
        """Whether the phone made this address up, so that it may come with another one next time."""
        return self.mac is not None and mac.is_randomised(self.mac)
