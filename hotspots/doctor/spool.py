"""Checks of the spool: what waits there for the database, and what could not be written at all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from hotspots.doctor.finding import Finding, State
from hotspots.recorder.backlog import FOLDER
from hotspots.settings import Settings
from hotspots.storage.spool import MOST_OCTETS, Waiting, look

_MOMENT_SECONDS: Final = 60.0
_LEFT_ASIDE: Final = ("*.damaged-*", "refused-*")


def check_spool(settings: Settings) -> Iterator[Finding]:
    """What was answered and is not in the database yet; records that were set aside."""
    folder = settings.data_dir / FOLDER
    yield judge_waiting(look(folder, time.time()))
    aside = sorted(path.name for pattern in _LEFT_ASIDE for path in folder.glob(pattern))
    if aside:
        yield Finding(
            "spool",
            State.WRONG,
            f"{len(aside)} files were set aside, the last is {aside[-1]}: damaged, or refused by the database",
            f"The recorder's log says why each was; look into them in {folder}, then move them away",
        )


def judge_waiting(waiting: Waiting) -> Finding:
    """A moment's work is nothing; more than that means that the database or the recorder is away."""
    if not waiting.octets:
        return Finding("spool", State.OK, "nothing waits for the database")
    share = round(100 * waiting.octets / MOST_OCTETS)
    age = round(waiting.age_seconds)
    words = f"{waiting.octets} octets wait for the database ({share} % full), the oldest for {age} s"
    if waiting.age_seconds < _MOMENT_SECONDS:
        return Finding("spool", State.ADVICE, words, "Run hotspots doctor again in a minute")
    return Finding("spool", State.WRONG, words, "Bring the database back, and start hotspots where it is stopped")
