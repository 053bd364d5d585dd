"""Sponsors: a visitor asks, a member of staff says yes or no, once and in time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.database import Database
from hotspots.models import SponsorRequest

LIFETIME: Final = timedelta(minutes=30)
"""How long a member of staff may take to answer."""

GOOD_FOR: Final = timedelta(hours=12)
"""How long after the yes the visitor may go online."""

KEPT: Final = timedelta(days=1)
_MOST_OF_A_DEVICE: Final = 3
_MOST_OF_A_HOTSPOT_AN_HOUR: Final = 20


class State(StrEnum):
    """How a request stands for the visitor who made it."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"
    OVER = "over"
    """Nobody answered in time, the yes is too old, or there is no such request of this device."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as its visitor sees it; ``until`` is how long staff may still answer, or the yes is good."""

    state: State
    request_id: str = ""
    until: datetime | None = None


OVER: Final = Standing(State.OVER)


def ask(database: Database, hotspot_id: int, device: str, words: str, now: datetime) -> str | None:
    """The id of a new request; None where this device or this hotspot has asked often enough."""
    hour = now - timedelta(hours=1)
    with database.write() as db:
        if _count(db, SponsorRequest.device == device, SponsorRequest.asked_at > now - KEPT) >= _MOST_OF_A_DEVICE:
            return None
        here = SponsorRequest.hotspot_id == hotspot_id
        if _count(db, here, SponsorRequest.asked_at > hour) >= _MOST_OF_A_HOTSPOT_AN_HOUR:
            return None
        request = SponsorRequest(
            id=secrets.token_urlsafe(16),
            hotspot_id=hotspot_id,
            device=device,
            sealed_words=database.vault.seal(SecretStr(words)),
            asked_at=now,
            expires_at=now + LIFETIME,
        )
        db.add(request)
        return request.id


def answer(db: OrmSession, request: SponsorRequest, *, yes: bool, answered_by: str, now: datetime) -> bool:
    """Write the answer down; False where it comes too late or somebody has answered."""
    if request.answered_at is not None or now >= request.expires_at:
        return False
    request.answered_at, request.answered_by, request.granted = now, answered_by, yes
    action = "sponsor.yes" if yes else "sponsor.no"
    audit.append(db, actor=answered_by, action=action, subject=f"request {request.id}", now=now)
    return True


def standing(request: SponsorRequest | None, device: str, now: datetime) -> Standing:
    """How a request stands for this device."""
    if request is None or request.device != device:
        return OVER
    if request.answered_at is None:
        return Standing(State.WAITING, request.id, request.expires_at) if now < request.expires_at else OVER
    if not request.granted:
        return Standing(State.NO, request.id)
    until = request.answered_at + GOOD_FOR
    return Standing(State.YES, request.id, until) if now <= until else OVER


def standing_of(database: Database, request_id: str, device: str, now: datetime) -> Standing:
    """As :func:`standing`, of the request with this id."""
    with database.read() as db:
        return standing(db.get(SponsorRequest, request_id), device, now)


def granted(database: Database, device: str, now: datetime) -> Standing | None:
    """The newest request of this device that was said yes to and is still good."""
    newest = select(SponsorRequest).where(SponsorRequest.device == device, SponsorRequest.asked_at > now - KEPT)
    with database.read() as db:
        requests = db.scalars(newest.order_by(SponsorRequest.asked_at.desc()).limit(_MOST_OF_A_DEVICE))
        stand = (standing(request, device, now) for request in requests)
        return next((each for each in stand if each.state is State.YES), None)


def _count(db: OrmSession, *where: object) -> int:
    return db.scalar(select(func.count()).select_from(SponsorRequest).where(*where)) or 0  # type: ignore[arg-type]
