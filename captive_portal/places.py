"""Where a visitor is: the access point that sent them, its hotspot, and the authority that runs it."""

from __future__ import annotations

from dataclasses import dataclass

from hotspots import models
from hotspots.access_points.clients import HiddenBytes
from hotspots.plans import Plan
from hotspots.public_pages.ways_in import WayIn
from hotspots.vault import Vault


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
    """One access point in service, as its visitors see it; its ways in are in the order of the page.

    ``grace`` is the plan of the minutes to fetch a code by e-mail, where there are any; ``wifi4eu_network`` is its
    identifier where it is one of WiFi4EU.
    """

    access_point_id: int
    nas_identifier: str
    hotspot_id: int
    ways_in: tuple[WayIn, ...]
    grace: Plan | None
    wifi4eu_network: str | None
    hotspot: str
    address: str
    controller: Controller
    plan: Plan
    uam_secret: HiddenBytes
    gateway: str
    fas_level: int
    calls_from: str
    wifi_controller: str | None
    site: str | None


def place_of(row: models.AccessPoint, vault: Vault) -> Place:
    """An access point of an open session of the database as a value."""
    hotspot = row.hotspot
    secret = vault.open(row.sealed_uam_secret).get_secret_value()
    return Place(
        access_point_id=row.id,
        nas_identifier=row.nas_identifier,
        hotspot_id=hotspot.id,
        ways_in=tuple(map(WayIn, hotspot.ways_in)),
        grace=None if hotspot.grace_plan is None else hotspot.grace_plan.value(),
        wifi4eu_network=hotspot.wifi4eu_network,
        hotspot=hotspot.name,
        address=hotspot.address,
        controller=controller_of(hotspot.authority),
        plan=hotspot.plan.value(),
        uam_secret=HiddenBytes(secret.encode()),
        gateway=row.gateway,
        fas_level=row.fas_level,
        calls_from=row.address,
        wifi_controller=row.controller,
        site=row.site,
    )


def controller_of(row: models.Authority) -> Controller:
    """The authority as a value."""
    return Controller(row.slug, row.name, row.email, row.phone, row.website, row.retention_days)
