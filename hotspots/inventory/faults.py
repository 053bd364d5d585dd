"""What is wrong with an inventory, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hotspots.errors import HotspotsError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong: the line (from 1; 0 where no file is involved), the field, and the reason."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        field = [self.field] if self.field else []
        return f"{', '.join([*place, *field])}: {self.reason}" if place or field else self.reason


class InventoryError(HotspotsError):
    """An inventory that cannot be taken; nothing was changed.

    Attributes:
        faults: All that is wrong with it, in the order of the file.
    """

    def __init__(self, source: str, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        listed = "".join(f"\n  {fault}" for fault in self.faults)
        super().__init__(f"{source} was not taken, nothing was changed:{listed}")
