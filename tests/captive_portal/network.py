"""Rows that tests of the residents' side need beyond the small network."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr
from sqlalchemy import select

from hotspots import keys, models, vouchers
from hotspots.database import Database
from tests.hotspots.places import NOW


def make_voucher(database: Database, secret_key: SecretStr, *, total_octets: int | None = None) -> str:
    with database.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        (code,) = vouchers.create_batch(
            db,
            database.vault,
            keys.derive(secret_key, keys.VOUCHER_LOOKUP),
            plan=hotspot.plan,
            authority=hotspot.authority,
            count=1,
            created_by="anna",
            now=NOW,
            expires_at=NOW + timedelta(days=30),
            total_octets=total_octets,
        )
    return code
