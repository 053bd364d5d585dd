"""Stays that the workers have not been told of yet, the newest state of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hotspots.policy import Subject
from hotspots.stay import Stay

MANY: Final = 16
"""So many reports in one transaction are a storm; else everybody is told at once."""

EVERY_SECONDS: Final = 0.05
"""So often in a storm, when the same sessions report again and again. Telling each time took a fifth of the time."""

Told = tuple[Subject, Stay]


class Untold:
    """Gathers stays while much is going on."""

    def __init__(self) -> None:
        self._stays: dict[str, Told] = {}
        self._told_at = float("-inf")

    def __bool__(self) -> bool:
        return bool(self._stays)

    @property
    def due_at(self) -> float:
        """When what was gathered is to be told, at the latest."""
        return self._told_at + EVERY_SECONDS

    def keep(self, stays: Iterable[Told]) -> None:
        """Gather more."""
        self._stays.update((told[1].key, told) for told in stays)

    def together_with(self, stays: Iterable[Told]) -> list[Told]:
        """What was gathered and these, the newest state of each."""
        return list((self._stays | {told[1].key: told for told in stays}).values())

    def told(self, now: float) -> None:
        """Forget what was gathered: everybody knows it."""
        self._stays = {}
        self._told_at = now
