"""Two gminas with a hotspot each, sessions and refusals on both, and members of staff of every role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import keys, models, passwords, vouchers
from hotspots.database import Database
from hotspots.staff import Role
from tests.hotspots.places import NOW

PHONE: Final = "a2:00:00:00:00:01"
NEIGHBOURS_PHONE: Final = "a2:00:00:00:00:02"
EVERYBODY: Final = ("anna", "tomasz", "karol", "jan", "iwona", "ewa")


@dataclass(frozen=True)
class Town:
    """The numbers of what stands in the database; ``passwords`` by name."""

    database: Database
    passwords: dict[str, str]
    ours: int
    theirs: int
    our_session: int
    their_session: int
    our_batch: int
    their_batch: int
    our_voucher: int
    their_voucher: int


def build(database: Database, secret_key: SecretStr) -> Town:
    """Bełżyce is "ours", Głusk is "theirs", seen from jan's desk in Bełżyce."""
    with database.write() as db:
        here = db.scalars(select(models.AccessPoint)).one()
        there = _neighbour(here)
        db.add(there)
        db.flush()
        authorities = {row.slug: row for row in db.scalars(select(models.Authority))}
        given = _staff(db, authorities)
        sessions = [
            add_session(db, here.id, "1", PHONE).id,
            add_session(db, there.id, "2", NEIGHBOURS_PHONE).id,
        ]
        refuse(db, here.id, PHONE, "pause_not_over")
        refuse(db, there.id, NEIGHBOURS_PHONE, "device_blocked")
        batches = [_batch(db, database, secret_key, authorities[slug]) for slug in ("belzyce", "glusk")]
        return Town(database, given, here.id, there.id, *sessions, *batches, *_first_vouchers(db, batches))


def _neighbour(here: models.AccessPoint) -> models.AccessPoint:
    glusk = models.Authority(slug="glusk", name="Gmina Głusk", kind="gmina", retention_mode="A-no-duty")
    hotspot = models.Hotspot(
        slug="glusk-biblioteka", name="Biblioteka", authority=glusk, plan=here.hotspot.plan, place_kind="library",
        address="Głusk", latitude=51.2, longitude=22.6, declared_range_m=100, ssid="Powiat",
    )  # fmt: skip
    return models.AccessPoint(
        name="glusk-biblioteka-1", nas_identifier="glusk-biblioteka-1", hotspot=hotspot, make="openwrt",
        gateway="coovachilli", address="127.0.1.2", sealed_secret=b"", sealed_uam_secret=b"",
    )  # fmt: skip


def _staff(db: OrmSession, authorities: dict[str, models.Authority]) -> dict[str, str]:
    everybody = (
        ("anna", Role.ADMINISTRATOR, "powiat-lubelski"),
        ("tomasz", Role.TECHNICIAN, "powiat-lubelski"),
        ("karol", Role.CLERK, "powiat-lubelski"),
        ("jan", Role.CLERK, "belzyce"),
        ("iwona", Role.ADMINISTRATOR, "belzyce"),
        ("ewa", Role.TECHNICIAN, "glusk"),
    )
    given = {name: f"the password of {name}" for name, _, _ in everybody}
    db.add_all(
        models.StaffMember(
            name=name,
            role=role.value,
            authority_id=authorities[slug].id,
            password_hash=_hashed(given[name]),
            must_change_password=False,
            created_at=NOW,
        )
        for name, role, slug in everybody
    )
    return given


@cache
def _hashed(password: str) -> str:
    """Made once for all towns: it takes longer than the rest of one."""
    return passwords.hashed(SecretStr(password))


def add_session(
    db: OrmSession,
    access_point_id: int,
    name: str,
    device: str,
    started_at: datetime = NOW - timedelta(minutes=10),
    stopped_at: datetime | None = None,
) -> models.Session:
    session = models.Session(
        key=name, access_point_id=access_point_id, acct_session_id=name, device=device, framed_ip="10.1.0.7",
        started_at=started_at, updated_at=NOW - timedelta(minutes=1), stopped_at=stopped_at, session_seconds=600,
        octets_up=2_000_000, octets_down=31_000_000, changed_at=NOW,
        terminate_cause="User-Request" if stopped_at else None,
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session


def refuse(
    db: OrmSession, access_point_id: int | None, device: str | None, reason: str | None, **more: Any
) -> None:
    given = {"at": NOW - timedelta(minutes=20), "at_door": "radius", "method": "ticket", "checks": []} | more
    db.add(models.LoginDecision(access_point_id=access_point_id, device=device, reason=reason, **given))


def _batch(db: OrmSession, database: Database, secret_key: SecretStr, authority: models.Authority) -> int:
    key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
    codes = vouchers.create_batch(
        db, database.vault, key, plan=db.scalars(select(models.ServicePlan)).one(), authority=authority, count=2,
        created_by="test", now=NOW, expires_at=NOW + timedelta(days=30),
    )  # fmt: skip
    made = vouchers.find(db, key, codes[0])
    assert made is not None
    return made.batch_id


def _first_vouchers(db: OrmSession, batches: list[int]) -> list[int]:
    first = select(models.Voucher.id).order_by(models.Voucher.id)
    return [db.scalars(first.where(models.Voucher.batch_id == batch)).first() or 0 for batch in batches]
