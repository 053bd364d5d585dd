"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it is: only `WRONG` makes `hotspots doctor` fail, unless it is to be strict."""

    OK = "ok"
    ADVICE = "advice"
    UNKNOWN = "unknown"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing, and how to mend it where that is needed."""

    check: str
    state: State
    message: str
    remedy: str = ""
