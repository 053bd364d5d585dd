"""How far long work has come, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called again and again with what is being done, how much of it is done, and how much it is altogether, which may
grow while the work goes on."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Nobody looks."""
