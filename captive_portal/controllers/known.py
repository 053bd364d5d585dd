"""The controllers that the database names, each opened once in a process."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.smartzone import SmartZone
from captive_portal.controllers.unifi import UniFi
from hotspots import models
from hotspots.database import Database

_MOST: Final = 64
_unifi = lru_cache(maxsize=_MOST)(UniFi)
_smartzone = lru_cache(maxsize=_MOST)(SmartZone)


def controller(database: Database, name: str | None) -> UniFi:
    """The UniFi controller of this name; a new one as soon as its address, key or certificate has changed.

    Raises:
        ControllerError: There is none of that name, or it cannot be reached.
    """
    row, key = _written_down(database, name, "unifi")
    return _unifi(row.url, key, row.certificate_sha256)


def smartzone(database: Database, name: str | None) -> SmartZone:
    """The SmartZone of this name; a new one as soon as its address, password or certificate has changed.

    Raises:
        ControllerError: There is none of that name.
    """
    row, password = _written_down(database, name, "smartzone")
    return _smartzone(row.url, row.user_name, password, row.certificate_sha256)


def _written_down(database: Database, name: str | None, kind: str) -> tuple[models.Controller, str]:
    with database.read() as db:
        row = db.get(models.Controller, name) if name is not None else None
        if row is None or row.kind != kind:
            raise ControllerError(
                f"there is no {kind} controller {name}", f"add it: hotspots controller add --kind {kind}"
            )
        db.expunge(row)
    return row, database.vault.open(row.sealed_key).get_secret_value()
