"""Where a visitor is: the access point that sent them, its hotspot, and the authority that runs it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots import models
from hotspots.clients import HiddenBytes
from hotspots.database import Database
from hotspots.plans import Plan


@dataclass(frozen=True, slots=True)
class Controller:
    """The authority: who answers for the hotspot and for what is kept of its residents."""

    slug: str
    name: str
    email: str | None
    phone: str | None
    website: str | None
    retention_days: int


@dataclass(frozen=True, slots=True)
class Place:
    """One access point in service, as its visitors see it."""

    access_point_id: int
    hotspot: str
    address: str
    controller: Controller
    plan: Plan
    uam_secret: HiddenBytes
    gateway: str


def find_place(database: Database, nas_identifier: str | None) -> Place | None:
    """The place with this NAS-Identifier, None where no access point in service has it."""
    point = models.AccessPoint
    statement = (
        select(point)
        .where(point.nas_identifier == nas_identifier, point.removed_at.is_(None))
        .options(
            joinedload(point.hotspot).joinedload(models.Hotspot.authority),
            joinedload(point.hotspot).joinedload(models.Hotspot.plan),
        )
    )
    with database.read() as db:
        row = db.scalar(statement)
        if row is None:
            return None
        secret = database.vault.open(row.sealed_uam_secret).get_secret_value()
        return Place(
            row.id,
            row.hotspot.name,
            row.hotspot.address,
            controller_of(row.hotspot.authority),
            row.hotspot.plan.value(),
            HiddenBytes(secret.encode()),
            row.gateway,
        )


def controller_of(row: models.Authority) -> Controller:
    """The authority as a value."""
    return Controller(row.slug, row.name, row.email, row.phone, row.website, row.retention_days)
