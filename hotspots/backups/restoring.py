"""Restoring a backup: verified first, prepared beside, exchanged in one step, with what was there kept aside."""

from __future__ import annotations

import hmac
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit
from hotspots.backups import exchange, file
from hotspots.backups.file import Facts
from hotspots.backups.taking import key_check
from hotspots.database import make_engine
from hotspots.errors import HotspotsError
from hotspots.progress import Progress, silent
from hotspots.settings import Settings
from hotspots.storage import migrate, transfer
from hotspots.storage.alone import UnusableError, refuse_others, refuse_others_in_file, stopped
from hotspots.storage.database_url import sqlite_file

_NOTHING: Final = "Nothing was changed"


@dataclass(frozen=True, slots=True)
class Restored:
    """What is in the database now.

    Attributes:
        facts: What the backup says of itself.
        aside: The file or the schema where what was there before is now; None where there was nothing.
    """

    facts: Facts
    aside: Path | str | None


def check(path: Path, settings: Settings, *, other_key: bool = False) -> Facts:
    """Read all of a backup, and make sure that it can be restored here.

    Args:
        path: The backup.
        settings: With the secret key.
        other_key: Whether it may have been made under another secret key.

    Raises:
        HotspotsError: It is damaged, of a newer version, or its secrets are sealed under another key.
    """
    facts = file.verify(path)
    if not migrate.knows(facts.revision):
        raise HotspotsError(
            f"{path} is of another version of hotspots ({facts.program}, revision {facts.revision})",
            "Install that version, or a newer one",
        )
    if not other_key and not hmac.compare_digest(key_check(settings.secret_key), facts.key_check):
        raise HotspotsError(
            f"the secrets in {path} are sealed under another secret key",
            "Put back the secret_key file that belongs to it; where that is lost, --other-key restores the rest",
        )
    return facts


def restore(
    path: Path, settings: Settings, now: datetime, *, other_key: bool = False, progress: Progress = silent
) -> Restored:
    """Bring a backup into the database of the settings; what is there is kept aside, whole.

    The backup itself is only read. What waits in the spool and is not in the backup is applied at the next start.

    Args:
        path: The backup.
        settings: With the secret key.
        now: When; it names what is kept aside.
        other_key: Whether the backup may have been made under another secret key.
        progress: Is told how far it has come.

    Raises:
        HotspotsError: It was refused, or failed; the database is as it was.
    """
    check(path, settings, other_key=other_key)
    present = sqlite_file(settings.database_url)
    where = present.parent if present is not None else settings.data_dir
    with ExitStack() as stack:
        for folder in sorted({settings.data_dir, where}):
            stack.enter_context(stopped(folder))
        if present is not None and present.exists():
            with suppress(UnusableError):
                refuse_others_in_file(present)
        try:
            work = stack.enter_context(_copy(path, where))
            facts = check(work, settings, other_key=other_key)
            file.unseal(work)
            engine = stack.enter_context(_engine(work))
            migrate.upgrade(engine)
            if present is None:
                return Restored(facts, _into_postgresql(engine, settings.database_url, path, facts, now, progress))
            with engine.execution_options(write=True).begin() as connection:
                _write_down(connection, path, facts, now)
            engine.dispose()  # its log is in the file then
            return Restored(facts, exchange.exchange_file(work, present, now))
        except SQLAlchemyError as error:
            raise HotspotsError(f"restoring failed: {transfer.reason(error)}", _NOTHING) from error
        except (sqlite3.Error, OSError) as error:
            raise HotspotsError(f"restoring failed: {error}", _NOTHING) from error


def _into_postgresql(
    source: Engine, target_url: URL, path: Path, facts: Facts, now: datetime, progress: Progress
) -> str | None:
    """All in one transaction of PostgreSQL, which takes back the exchange of the schemas, too."""
    target = make_engine(target_url)
    try:
        with target.begin() as there, source.connect() as connection:
            refuse_others(there)
            aside = exchange.set_schema_aside(there, now)
            migrate.upgrade_within(there)
            transfer.pour(connection, there, progress)
            _write_down(there, path, facts, now)
            refuse_others(there)
            return aside
    finally:
        target.dispose()


def _write_down(connection: Connection, path: Path, facts: Facts, now: datetime) -> None:
    with OrmSession(connection) as session, session.begin():
        audit.append(
            session,
            actor=audit.COMMAND_LINE,
            action="database.restore",
            subject=path.name,
            now=now,
            detail={"made_at": facts.made_at.isoformat(timespec="seconds"), "sha256": facts.sha256},
        )


@contextmanager
def _copy(path: Path, folder: Path) -> Iterator[Path]:
    """A copy to work with, for its owner only; gone at the end, unless it has got another name."""
    work = folder / ".restoring.db"  # nobody else restores in a folder whose lock is held
    _remove(work)
    try:
        os.close(os.open(work, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(path, work)
        yield work
    finally:
        _remove(work)


def _remove(work: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{work}{suffix}").unlink(missing_ok=True)


@contextmanager
def _engine(path: Path) -> Iterator[Engine]:
    engine = make_engine(URL.create("sqlite", database=str(path)))
    try:
        yield engine
    finally:
        engine.dispose()
