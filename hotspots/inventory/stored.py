"""The inventory that stands in the database."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hotspots.errors import HotspotsError
from hotspots.inventory.document import (
    AccessPointEntry,
    AuthorityEntry,
    HotspotEntry,
    Inventory,
    KioskEntry,
    PlanEntry,
    RadioEntry,
)
from hotspots.inventory.public_page import PageEntry
from hotspots.inventory.writing import canonical
from hotspots.models import AccessPoint, Authority, Base, Hotspot, Kiosk, ServicePlan
from hotspots.vault import Vault

_Entry = TypeVar("_Entry", bound=BaseModel)


def stored_inventory(session: Session, vault: Vault) -> Inventory:
    """The whole inventory, with its secrets; access points that were removed are not in it.

    Raises:
        HotspotsError: The database holds something that no inventory could say.
    """
    plans = session.scalars(select(ServicePlan)).all()
    authorities = session.scalars(
        select(Authority).options(
            selectinload(Authority.hotspots).selectinload(Hotspot.access_points),
            selectinload(Authority.hotspots).selectinload(Hotspot.kiosks).selectinload(Kiosk.plan),
            selectinload(Authority.hotspots).selectinload(Hotspot.plan),
            selectinload(Authority.hotspots).selectinload(Hotspot.grace_plan),
        )
    ).all()
    try:
        return canonical(
            Inventory(
                plans=[_entry(PlanEntry, plan) for plan in plans],
                authorities=[_authority(authority, vault) for authority in authorities],
            )
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(step) for step in first["loc"])
        raise HotspotsError(
            f"the database holds an inventory that is not valid: {error.title} {field}: {first['msg']}",
            hint="mend that row, then try again",
        ) from None


def _authority(row: Authority, vault: Vault) -> AuthorityEntry:
    page = None if row.page is None else PageEntry.of(row.page)
    return _entry(AuthorityEntry, row, page=page, hotspots=[_hotspot(hotspot, vault) for hotspot in row.hotspots])


def _hotspot(row: Hotspot, vault: Vault) -> HotspotEntry:
    access_points = [entry for entry in row.access_points if entry.removed_at is None]
    return _entry(
        HotspotEntry,
        row,
        plan=row.plan.slug,
        grace_plan=None if row.grace_plan is None else row.grace_plan.slug,
        access_points=[_access_point(entry, vault) for entry in access_points],
        kiosks=[_entry(KioskEntry, kiosk, plan=kiosk.plan.slug) for kiosk in row.kiosks],
    )


def _access_point(row: AccessPoint, vault: Vault) -> AccessPointEntry:
    return _entry(
        AccessPointEntry,
        row,
        secret=vault.open(row.sealed_secret),
        former_secret=None if row.sealed_former_secret is None else vault.open(row.sealed_former_secret),
        uam_secret=vault.open(row.sealed_uam_secret),
        radios=[RadioEntry(**radio) for radio in row.radios],
    )


def _entry(model: type[_Entry], row: Base, **others: object) -> _Entry:
    """The row as an entry: fields of the same name, and the others as given."""
    return model(**{name: getattr(row, name) for name in model.model_fields if name not in others} | others)
