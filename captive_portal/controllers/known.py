"""The controllers that the database names, each opened once in a process."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from captive_portal.controllers.unifi import ControllerError, UniFi
from hotspots import models
from hotspots.database import Database

_MOST: Final = 64
_opened = lru_cache(maxsize=_MOST)(UniFi)


def controller(database: Database, name: str | None) -> UniFi:
    """The controller of this name; a new one as soon as its address, key or certificate has changed.

    Raises:
        ControllerError: There is none of that name, or it cannot be reached.
    """
    with database.read() as db:
        row = db.get(models.Controller, name) if name is not None else None
        if row is None:
            raise ControllerError(f"there is no controller {name}", "add it: hotspots controller add")
        key = database.vault.open(row.sealed_key).get_secret_value()
        return _opened(row.url, key, row.certificate_sha256)
