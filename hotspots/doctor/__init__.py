"""Finds what is wrong with this installation, and says how to mend it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final

from hotspots import secret_key
from hotspots.doctor.addresses import check_portal_base_url
from hotspots.doctor.backups import check_backups
from hotspots.doctor.database import check_database
from hotspots.doctor.finding import Finding, State
from hotspots.doctor.machine import (
    check_clock,
    check_data_dir,
    check_ports,
    check_receive_buffer,
    check_secret_key,
)
from hotspots.doctor.spool import check_spool
from hotspots.errors import HotspotsError, SettingsError
from hotspots.settings import Settings, load_settings

__all__ = ["Finding", "State", "examine"]

_log = logging.getLogger(__name__)

Check = Callable[[Settings], Iterator[Finding]]
CHECKS: Final[tuple[Check, ...]] = (
    check_data_dir,
    check_secret_key,
    check_portal_base_url,
    check_ports,
    check_receive_buffer,
    check_clock,
    check_database,
    check_spool,
    check_backups,
)


def examine() -> list[Finding]:
    """Everything that was found, good and bad, without changing anything."""
    try:
        settings = load_settings(make_secret_key=False)
        if (settings.data_dir / secret_key.FILE_NAME).exists():
            settings = load_settings()
    except SettingsError as error:
        return [Finding("settings", State.WRONG, error.message, error.hint)]
    findings = [Finding("settings", State.OK, "all can be read")]
    for check in CHECKS:
        findings.extend(_run(check, settings))
    return findings


def _run(check: Check, settings: Settings) -> Iterator[Finding]:
    try:
        yield from check(settings)
    except HotspotsError as error:
        yield Finding(check.__name__.removeprefix("check_"), State.WRONG, error.message, error.hint)
    except Exception as error:
        # One broken check must not hide what the others find.
        _log.exception("%s failed", check.__name__)
        yield Finding(check.__name__.removeprefix("check_"), State.WRONG, f"the check itself failed: {error!r}")
