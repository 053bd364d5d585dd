"""Sessions that the workers have not been told of yet, the newest state of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hotspots.policy import Subject
from hotspots.sessions.accounting import SessionState
from hotspots.sessions.stay import Stay

MANY: Final = 16
"""So many reports in one transaction are a storm; else everybody is told at once."""

EVERY_SECONDS: Final = 0.05
"""So often in a storm, when the same sessions report again and again. Telling each time took a fifth of the time."""

Told = tuple[Subject, Stay]


class Untold:
    """Gathers sessions by their keys while much is going on."""

    def __init__(self) -> None:
        self._states: dict[str, SessionState] = {}
        self._told_at = float("-inf")

    def __bool__(self) -> bool:
        return bool(self._states)

    @property
    def due_at(self) -> float:
        """When what was gathered is to be told, at the latest."""
        return self._told_at + EVERY_SECONDS

    def keep(self, states: Mapping[str, SessionState]) -> None:
        """Gather more."""
        self._states.update(states)

    def together_with(self, states: Mapping[str, SessionState]) -> list[Told]:
        """What was gathered and these, as stays of whom they count for; what counts for nobody is left out."""
        together = {**self._states, **states}.values()
        return [(subject, state.stay()) for state in together if (subject := state.subject)]

    def told(self, now: float) -> None:
        """Forget what was gathered: everybody knows it."""
        self._states = {}
        self._told_at = now
