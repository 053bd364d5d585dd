"""Paging by key: the next page begins after the last row shown, found by an index and not by counting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Self, TypeVar

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]

_Row = TypeVar("_Row")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PageKey:
    """Where a page ended: the moment that rows are ordered by, and the number that tells equal ones apart."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The key as it stood in an address; None where it is none, which shows the first page."""
        microseconds, _, number = (text or "").partition("-")
        if not (_is_number(microseconds) and _is_number(number)):
            return None
        try:
            return cls(_EPOCH + int(microseconds) * _MICROSECOND, int(number))
        except OverflowError:
            return None

    def older(self, at: Moment, number: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The rows that come after this key, newest first; the first comparison is what an index answers."""
        return and_(at <= self.at, or_(at < self.at, number < self.id))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """The rows of a page, and where the next one begins; None where there is none."""

    rows: Sequence[_Row]
    next: PageKey | None

    @classmethod
    def of(cls, rows: Sequence[_Row], size: int, key: Callable[[_Row], PageKey]) -> Self:
        """A page of ``size`` from rows of which one more was asked for."""
        more = len(rows) > size
        shown = rows[:size]
        return cls(shown, key(shown[-1]) if more else None)
