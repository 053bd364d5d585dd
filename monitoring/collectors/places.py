"""The labels of places: by authority and hotspot, each of them listed even where nothing happens."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots.models import Authority, Hotspot

LABELS: Final = ("authority", "hotspot")

Place = tuple[str, str]
"""The values of :data:`LABELS`."""


def all_places(db: OrmSession) -> dict[int, Place]:
    """The labels of each hotspot, by its number."""
    rows = db.execute(select(Hotspot.id, Authority.slug, Hotspot.slug).join(Hotspot.authority))
    return {number: (authority, hotspot) for number, authority, hotspot in rows}
