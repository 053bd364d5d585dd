"""The other devices of somebody who is refused because of them: where they are online, and the end of that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import Session
from hotspots.policy import Subject
from hotspots.sessions import disconnects


class Elsewhere(Struct, frozen=True):
    """One of them: the name of the hotspot and since when it is online, an instant in UTC."""

    hotspot: str
    since: datetime


def online(db: OrmSession, subject: Subject, device: str) -> list[Elsewhere]:
    """Where the other devices of a subject are online, the first of them first."""
    return [Elsewhere(each.access_point.hotspot.name, each.started_at) for each in _open(db, subject, device)]


def ask_to_end(db: OrmSession, subject: Subject, device: str, now: datetime) -> None:
    """Ask for the end of all sessions of a subject but those of this device."""
    for session in _open(db, subject, device):
        disconnects.ask_for_resident(db, session, now)


def _open(db: OrmSession, subject: Subject, device: str) -> Sequence[Session]:
    of_subject = Session.subject_kind == subject.kind.value, Session.subject_key == subject.key
    others = Session.stopped_at.is_(None), Session.device.is_distinct_from(device)
    return db.scalars(select(Session).where(*of_subject, *others).order_by(Session.started_at)).all()
