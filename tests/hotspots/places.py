"""A small network for tests: one plan, one powiat with one gmina, one hotspot, one access point."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy.orm import Session

from hotspots.models import AccessPoint, Authority, Hotspot, ServicePlan
from hotspots.vault import Vault

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def add_network(session: Session, vault: Vault) -> AccessPoint:
    plan = ServicePlan(slug="od-2018", name="Standard")
    powiat = Authority(slug="powiat-lubelski", name="Powiat Lubelski", kind="powiat")
    gmina = Authority(slug="belzyce", name="Gmina Bełżyce", kind="gmina")
    hotspot = Hotspot(
        slug="belzyce-urzad",
        name="Urząd",
        authority=gmina,
        plan=plan,
        place_kind="office",
        address="ul. Lubelska 3",
        latitude=51.17415,
        longitude=22.28027,
        declared_range_m=100,
        ssid="Powiat",
    )
    access_point = AccessPoint(
        name="belzyce-urzad-1",
        nas_identifier="belzyce-urzad-1",
        hotspot=hotspot,
        make="openwrt",
        gateway="coovachilli",
        address="127.0.1.1",
        sealed_secret=vault.seal(SecretStr("radius secret")),
        sealed_uam_secret=vault.seal(SecretStr("uam secret")),
    )
    session.add_all([plan, powiat, gmina, hotspot, access_point])
    session.flush()
    return access_point


def add_library(session: Session, **otherwise: Any) -> Hotspot:
    """Another hotspot of the gmina, under the same plan, without an access point yet."""
    here = session.get_one(Hotspot, 1)
    usual = {
        "slug": "belzyce-biblioteka",
        "name": "Biblioteka",
        "authority_id": here.authority_id,
        "plan_id": here.plan_id,
        "place_kind": "library",
        "address": "ul. Fabryczna 2b",
        "latitude": 51.17236,
        "longitude": 22.27512,
        "declared_range_m": 50,
        "ssid": "Powiat",
    }
    library = Hotspot(**usual | otherwise)
    session.add(library)
    session.flush()
    return library
