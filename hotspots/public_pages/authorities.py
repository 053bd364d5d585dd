"""Authorities, and what each of them runs: as residents read of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import selectinload

from hotspots.database import Database
from hotspots.models import Authority, Hotspot

_MARKED: Final = str.maketrans(
    {"ą": "a~", "ć": "c~", "ę": "e~", "ł": "l~", "ń": "n~", "ó": "o~", "ś": "s~", "ź": "z~", "ż": "z~~"}
)


def with_hotspots(database: Database) -> Sequence[Authority]:
    """All of them with their hotspots, in the order of the Polish alphabet."""
    statement = select(Authority).options(selectinload(Authority.hotspots))
    with database.read() as db:
        return sorted(db.scalars(statement), key=lambda row: _in_polish_order(row.name))


def networks(db: OrmSession, authority_id: int | None = None) -> Sequence[str]:
    """The names of the Wi-Fi networks that this authority runs, or of all."""
    statement = select(Hotspot.ssid).distinct().order_by(Hotspot.ssid)
    if authority_id is not None:
        statement = statement.where(Hotspot.authority_id == authority_id)
    return db.scalars(statement).all()


def _in_polish_order(name: str) -> str:
    # Each letter with a mark follows the plain one. The database would put them all behind z.
    return name.casefold().translate(_MARKED)
