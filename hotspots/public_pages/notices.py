"""Notices of an authority as its staff keep them: written, changed, ended and deleted beside the inventory's file.

They stand where the inventory has them, on the authority's page, so that an export holds what staff wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.inventory.public_page import MOST_NOTICES, NoticeEntry, PageEntry
from hotspots.models import Authority

_MARK_CHARACTERS: Final = 16


class NoticeState(StrEnum):
    """Whether residents read it today, will, or did."""

    RUNNING = "running"
    COMING = "coming"
    OVER = "over"


def state(notice: NoticeEntry, today: date) -> NoticeState:
    """How a notice stands on this day of Warsaw."""
    if notice.until is not None and notice.until < today:
        return NoticeState.OVER
    return NoticeState.RUNNING if notice.is_told_on(today) else NoticeState.COMING


def may_end(notice: NoticeEntry, today: date) -> bool:
    """Whether yesterday can be its last day: it runs, and did so yesterday. Else deleting is what takes it away."""
    return state(notice, today) is NoticeState.RUNNING and notice.is_told_on(today - timedelta(days=1))


def mark(notice: NoticeEntry) -> str:
    """What names a notice among those of its authority: it is another one as soon as somebody changed anything."""
    text = json.dumps(_stored(notice), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_MARK_CHARACTERS]


def told_with(notice: NoticeEntry, others: Sequence[NoticeEntry], today: date) -> list[NoticeEntry]:
    """What residents read on the first day from today on that has this notice, which may not be saved yet, last.

    They are without days, so that whoever looks at them beforehand finds them told.
    """
    day = max(today, notice.since or today)
    told = [*(each for each in others if each.is_told_on(day)), notice]
    return [each.model_copy(update={"since": None, "until": None}) for each in told]


def of(authority: Authority) -> Sequence[NoticeEntry]:
    """All of them, in the order in which residents read them."""
    return PageEntry.of(authority.page).notices or ()


def find(authority: Authority, marked: str) -> NoticeEntry | None:
    """The notice with this mark; None where it is gone, or was changed meanwhile."""
    return next((each for each in of(authority) if mark(each) == marked), None)


def add(db: OrmSession, authority: Authority, notice: NoticeEntry, *, by: str, now: datetime) -> bool:
    """Put a notice behind the others; False where there are as many as there may be."""
    present = _locked(db, authority)
    if len(present) >= MOST_NOTICES:
        return False
    _put(authority, [*present, notice])
    _write_down(db, authority, "notice.add", {"after": _stored(notice)}, by, now)
    return True


def change(
    db: OrmSession, authority: Authority, marked: str, notice: NoticeEntry, *, by: str, now: datetime
) -> bool:
    """Put ``notice`` in the place of the one with this mark; False where that is gone, or was changed meanwhile."""
    before = _replace(db, authority, marked, notice)
    if before is not None and before != notice:
        _write_down(db, authority, "notice.change", {"before": _stored(before), "after": _stored(notice)}, by, now)
    return before is not None


def end(db: OrmSession, authority: Authority, marked: str, today: date, *, by: str, now: datetime) -> bool:
    """Let yesterday have been its last day; False where it is gone, was changed meanwhile, or cannot end so."""
    found = find(authority, marked)
    if found is None or not may_end(found, today):
        return False
    return change(
        db, authority, marked, found.model_copy(update={"until": today - timedelta(days=1)}), by=by, now=now
    )


def delete(db: OrmSession, authority: Authority, marked: str, *, by: str, now: datetime) -> bool:
    """Take it away altogether; False where it is gone, or was changed meanwhile."""
    before = _replace(db, authority, marked)
    if before is not None:
        _write_down(db, authority, "notice.delete", {"before": _stored(before)}, by, now)
    return before is not None


def _replace(db: OrmSession, authority: Authority, marked: str, *instead: NoticeEntry) -> NoticeEntry | None:
    """What stood there; None where nothing did, and nothing was changed."""
    present = _locked(db, authority)
    place = next((number for number, each in enumerate(present) if mark(each) == marked), None)
    if place is None:
        return None
    _put(authority, [*present[:place], *instead, *present[place + 1 :]])
    return present[place]


def _locked(db: OrmSession, authority: Authority) -> list[NoticeEntry]:
    """Those of this moment; on PostgreSQL whoever else writes to the page waits for us."""
    db.refresh(authority, with_for_update={"key_share": True})
    return list(of(authority))


def _put(authority: Authority, notices: list[NoticeEntry]) -> None:
    page = PageEntry.of(authority.page).model_copy(update={"notices": notices or None})
    authority.page = page.stored() or None


def _stored(notice: NoticeEntry) -> dict[str, Any]:
    return notice.model_dump(mode="json", exclude_none=True)


def _write_down(
    db: OrmSession, authority: Authority, action: str, detail: Mapping[str, Any], by: str, now: datetime
) -> None:
    audit.append(db, actor=by, action=action, subject=authority.slug, now=now, detail=detail)
