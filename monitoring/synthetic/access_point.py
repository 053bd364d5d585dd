"""The access points that are played: what their own configuration holds, read as an operator would list it."""

from __future__ import annotations

import difflib
import hashlib
import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hotspots import models
from hotspots.access_points.whereabouts import network_of
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.logins.travel import USUAL, Position, metres_between

_HERE = "127.0.0.1"
_UAM_GATEWAYS = ("coovachilli", "uspot")


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point. ``address`` is where its packets come from: its own, or the first of its subnet."""

    name: str
    nas_identifier: str
    hotspot: str
    gateway: str
    address: str
    secret: SecretStr
    uam_secret: SecretStr
    mac_authentication: bool
    octets_from_client_view: bool
    coa_port: int
    position: Position | None = None

    @property
    def has_portal_visit(self) -> bool:
        """Whether it sends browsers to the portal in the way that is played here (CoovaChilli's, and uspot's)."""
        return self.gateway in _UAM_GATEWAYS

    @property
    def mac(self) -> str:
        """Its own address on the radio side, always the same: locally administered, so nobody else's."""
        octets = b"\x02" + hashlib.sha256(self.nas_identifier.encode()).digest()[:5]
        return octets.hex(":")


def load_access_points(database: Database, hotspots: Collection[str] | None) -> list[AccessPoint]:
    """The access points in service at these hotspots, or at all.

    Raises:
        HotspotsError: A hotspot is not known, or there is no access point in service.
    """
    with database.read() as db:
        known = set(db.scalars(select(models.Hotspot.slug)))
        for slug in hotspots or ():
            if slug not in known:
                raise HotspotsError(f"there is no hotspot {slug}", _did_you_mean(slug, known))
        rows = db.scalars(
            select(models.AccessPoint)
            .where(models.AccessPoint.removed_at.is_(None))
            .options(joinedload(models.AccessPoint.hotspot))
            .order_by(models.AccessPoint.name)
        ).all()
        found = [_access_point(row, database) for row in rows if hotspots is None or row.hotspot.slug in hotspots]
    if not found:
        raise HotspotsError("there is no access point in service there", "hotspots ap list shows those that are")
    return found


def near_each(points: Sequence[AccessPoint]) -> list[list[int]]:
    """For each, the numbers of those that are no way from it, as the RADIUS server sees it where nothing is set."""
    return [
        [
            number
            for number, there in enumerate(points)
            if (metres := metres_between(here.position, there.position)) is None or metres <= USUAL.near_m
        ]
        for here in points
    ]


def _access_point(row: models.AccessPoint, database: Database) -> AccessPoint:
    # One that calls from anywhere, or from where its host name says, is played from here.
    network = network_of(row.address) or ipaddress.ip_network(_HERE)
    return AccessPoint(
        name=row.name,
        nas_identifier=row.nas_identifier,
        hotspot=row.hotspot.slug,
        gateway=row.gateway,
        address=str(next(iter(network.hosts()), network.network_address)),
        secret=database.vault.open(row.sealed_secret),
        uam_secret=database.vault.open(row.sealed_uam_secret),
        mac_authentication=row.mac_authentication,
        octets_from_client_view=row.octets_from_client_view,
        coa_port=row.coa_port,
        position=Position(row.hotspot.latitude, row.hotspot.longitude),
    )


def _did_you_mean(slug: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(slug, known, n=1)
    return f"Did you mean {near[0]}?" if near else "hotspots inventory export lists them"
