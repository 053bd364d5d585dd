"""What a RADIUS worker takes in at its start: seconds and memory, without and with a plan that counts by the month."""

from __future__ import annotations

import multiprocessing
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url, select, update

from benchmarks.ours import PLAN
from hotspots import keys
from hotspots.database import Database
from hotspots.logins.directory import Directory
from hotspots.models import ServicePlan
from hotspots.settings import Settings
from hotspots.vault import Vault


def measure(settings: Settings, database: Database) -> dict[str, dict[str, float]]:
    """By the longest window that a plan in use has; the plan of the hotspots is given a monthly limit for it."""
    before = _limit(database, None)
    try:
        found = {"a day": _in_a_new_process(settings)}
        _limit(database, 750_000_000)
        return found | {"a month": _in_a_new_process(settings)}
    finally:
        _limit(database, before)


def _limit(database: Database, monthly_octets: int | None) -> int | None:
    with database.write() as db:
        before = db.scalar(select(ServicePlan.monthly_octets).where(ServicePlan.slug == PLAN))
        db.execute(update(ServicePlan).where(ServicePlan.slug == PLAN).values(monthly_octets=monthly_octets))
        return before


def _in_a_new_process(settings: Settings) -> dict[str, float]:
    url = settings.database_url.render_as_string(hide_password=False)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_load, (url, settings.secret_key.get_secret_value()))


def _load(url: str, key: str) -> dict[str, float]:
    database = Database(make_url(url), Vault(keys.derive(SecretStr(key), keys.SECRETS_AT_REST)))
    directory, before, began = Directory(database), _resident_megabytes(), time.perf_counter()
    directory.load(datetime.now(UTC))
    return {
        "seconds": time.perf_counter() - began,
        "megabytes": _resident_megabytes() - before,
        "devices": len(directory.grants),
        "accounts": len(directory.accounts),
        "subjects_with_stays": len(directory.ledger),
    }


def _resident_megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
