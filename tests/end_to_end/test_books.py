"""The comparison that the tests under load rest on can fail."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.end_to_end.books import Entry, Hours, answered, differences

ONE = Entry("one", 600, 10, 20, ended=True)
TWO = Entry("two", 300, 1, 2, ended=False)
HOURS = Hours(sessions=2, seconds=900, octets=33)


def test_the_newest_record_of_each_session_is_read(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    journal.write_text("one 1 0 0 0\ntwo 1 0 0 0\none 3 300 5 6\ntwo 3 300 1 2\none 2 600 10 20\n")
    assert answered(journal) == [ONE, TWO]


def test_books_that_agree_differ_in_nothing() -> None:
    assert list(differences([ONE, TWO], [TWO, ONE], HOURS)) == []


@pytest.mark.parametrize(
    ("ours", "hours", "said"),
    [
        ([ONE], HOURS, "two was answered and is not there"),
        ([ONE, TWO, TWO], HOURS, "two is there 2 times"),
        ([ONE, TWO, replace(TWO, session="three")], HOURS, "three is there, and nobody reported it"),
        ([ONE, replace(TWO, sent=3)], HOURS, "sent=2, ended=False) and is there as"),
        ([replace(ONE, ended=False), TWO], HOURS, "one was answered as"),
        ([ONE, TWO], replace(HOURS, sessions=3), "the hours say Hours(sessions=3"),
        ([ONE, TWO], replace(HOURS, octets=66), "octets=66"),
    ],
)
def test_what_is_lost_doubled_or_changed_is_named(ours: list[Entry], hours: Hours, said: str) -> None:
    (difference,) = differences([ONE, TWO], ours, hours)
    assert said in difference
