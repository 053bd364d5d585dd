"""What we want to reach, and whether a run reached it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.figures import Figures, figures, ratio
from benchmarks.rounds import Result


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a goal: in words, and whether that is enough; None where it was not measured."""

    measured: str
    reached: bool | None


NOT_MEASURED: Final = Verdict("not measured in this run", None)


@dataclass(frozen=True, slots=True)
class RatioGoal:
    """So many times the answers a second of another server, as the median of the ratios within each round."""

    what: str
    scenario: str
    ours: str
    theirs: str
    times: float

    @property
    def wanted(self) -> str:
        """The goal in words."""
        return "at least equal" if self.times == 1 else f"{self.times:g} times"

    def judge(self, results: Sequence[Result]) -> Verdict:
        """Whether the results reach it."""
        found = ratio(results, self.scenario, self.ours, self.theirs)
        if found is None:
            return NOT_MEASURED
        words = f"{found.median:.2f} times ({found.least:.2f} to {found.greatest:.2f})"
        errors = figures(results, self.scenario, self.ours).errors_logged
        if errors:  # as where logins are answered and not written down
            return Verdict(f"{words}, with {errors} errors logged", reached=False)
        return Verdict(words, found.median >= self.times)


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """Something that our own figures have to show, whatever the others do."""

    what: str
    scenario: str
    ours: str
    wanted: str
    words: Callable[[Figures], str]
    holds: Callable[[Figures], bool]

    def judge(self, results: Sequence[Result]) -> Verdict:
        """Whether the results reach it."""
        found = figures(results, self.scenario, self.ours)
        if found.p99_ms is None:
            return Verdict("; ".join(found.failures), reached=False) if found.failures else NOT_MEASURED
        return Verdict(self.words(found), self.holds(found))


def judge_compiled(goal: RatioGoal | OwnGoal, results: Sequence[Result]) -> Verdict:
    """Whether our server reaches the goal where what packets pass through is compiled."""
    return replace(goal, ours=f"{goal.ours}-compiled").judge(results)


def _p99(found: Figures) -> float:
    return found.p99_ms.median if found.p99_ms else float("inf")


def _storm_words(found: Figures) -> str:
    return f"p99 {_p99(found):.1f} ms, {found.lost_percent:.2f} % lost, {found.rejected_percent:.2f} % refused"


def _storm_holds(found: Figures) -> bool:
    return _all_let_in_within(10, found)


def _return_holds(found: Figures) -> bool:
    return _all_let_in_within(50, found)


def _all_let_in_within(milliseconds: float, found: Figures) -> bool:
    nobody_out = not found.lost_percent and not found.rejected_percent and not found.failures
    return nobody_out and _p99(found) < milliseconds


_LOGIN = "Voucher login (PAP, Message-Authenticator checked and sent, policy decided, limits, logged)"
_STORM = "10,000 logins within one second (power cut)"
_STORM_WANTED = "p99 under 10 ms, none lost, none refused"
_RETURN = "22 hotspots come back at once: 4,400 logins, then Starts, 3,000 a second"
_RETURN_WANTED = "p99 under 50 ms, none lost, none refused"

GOALS: Final[tuple[RatioGoal | OwnGoal, ...]] = (
    RatioGoal(
        f"{_LOGIN}: our SQLite, against rlm_sql on SQLite WAL with post-auth log",
        "login",
        "ours-sqlite",
        "freeradius-sqlite-log",
        15,
    ),
    RatioGoal(
        "The same: our PostgreSQL, against rlm_sql on PostgreSQL, best pool, without log",
        "login",
        "ours-postgresql",
        "freeradius-postgresql",
        10,
    ),
    RatioGoal(
        "The same: our SQLite, against FreeRADIUS with all users in memory (files)",
        "login",
        "ours-sqlite",
        "freeradius-files",
        1,
    ),
    RatioGoal(
        "The same: our SQLite, against rlm_sql behind rlm_cache", "login", "ours-sqlite", "freeradius-cache", 1
    ),
    RatioGoal(
        "Durable accounting, SQLite, against its best SQLite set-up",
        "accounting",
        "ours-sqlite",
        "freeradius-sqlite",
        14,
    ),
    RatioGoal(
        "Durable accounting, PostgreSQL with default durability",
        "accounting",
        "ours-postgresql",
        "freeradius-postgresql",
        2.5,
    ),
    RatioGoal(
        "Whole sessions (1 login and 5 accounting packets), SQLite",
        "session",
        "ours-sqlite",
        "freeradius-sqlite",
        13,
    ),
    RatioGoal("Whole sessions, PostgreSQL", "session", "ours-postgresql", "freeradius-postgresql", 3),
    OwnGoal(
        "Accounting, 99th percentile at 64 in flight, SQLite",
        "accounting",
        "ours-sqlite",
        "under 4 ms",
        lambda found: f"{_p99(found):.1f} ms",
        lambda found: _p99(found) < 4,
    ),
    OwnGoal(f"{_STORM}, SQLite", "storm", "ours-sqlite", _STORM_WANTED, _storm_words, _storm_holds),
    OwnGoal(f"{_STORM}, PostgreSQL", "storm", "ours-postgresql", _STORM_WANTED, _storm_words, _storm_holds),
    OwnGoal(f"{_RETURN}, SQLite", "return", "ours-sqlite", _RETURN_WANTED, _storm_words, _return_holds),
    OwnGoal(f"{_RETURN}, PostgreSQL", "return", "ours-postgresql", _RETURN_WANTED, _storm_words, _return_holds),
    RatioGoal(
        "Disk that needs 2 ms more for each sync, SQLite accounting",
        "slow-disk",
        "ours-sqlite",
        "freeradius-sqlite",
        40,
    ),
)
