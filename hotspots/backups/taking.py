"""Taking a backup while everything runs."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hotspots import keys
from hotspots.backups import file, folder
from hotspots.backups.file import Facts
from hotspots.errors import HotspotsError
from hotspots.progress import Progress, silent
from hotspots.settings import DEFAULT_BACKUP_FOLDER, Settings
from hotspots.storage import durable, migrate, transfer
from hotspots.storage.transfer import Content

LEAST_FREE_OCTETS: Final = 200_000_000
"""What a backup leaves free on its disk, on which the database may lie too: accounting must be able to go on."""

_NOTHING: Final = "Nothing is left of it, and the older ones stay"


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was just made, and the older ones that went for it."""

    path: Path
    octets: int
    facts: Facts
    removed: tuple[Path, ...] = ()


def take_into_folder(engine: Engine, settings: Settings, now: datetime, progress: Progress = silent) -> Taken:
    """Take a backup into the folder of the settings, and keep the newest ones there.

    Raises:
        HotspotsError: It could not be made; those that are there stay.
    """
    _prepare(settings)
    taken = take(engine, settings, settings.backup_dir / folder.name(now), now, progress)
    removed = folder.prune(settings.backup_dir, settings.backup_keep)
    return Taken(taken.path, taken.octets, taken.facts, tuple(removed))


def _prepare(settings: Settings) -> None:
    """Make the folder where it is our own; one that somebody set is on a disk that may not be mounted just now."""
    there = settings.backup_dir
    if there == settings.data_dir / DEFAULT_BACKUP_FOLDER:
        there.mkdir(mode=0o700, exist_ok=True)
    elif not there.is_dir():
        raise HotspotsError(
            f"HOTSPOTS_BACKUP_DIR is {there}, which is not there", "Mount its disk, or make the folder"
        )


def take(engine: Engine, settings: Settings, path: Path, now: datetime, progress: Progress = silent) -> Taken:
    """Take a backup of the state of one moment; others go on reading and writing meanwhile.

    All rows are read in one transaction, written, read again from the file and compared. The file gets its name only
    after that, and is on the disk then; for its owner only (mode 0600).

    Raises:
        HotspotsError: There is such a file already, the disk is full, or the copy differs; nothing is left behind.
    """
    _refuse_existing(path)
    with _partial(path) as beside:
        progress = _watching(path.parent, progress)
        try:
            revision, contents = _fill(engine, beside, progress)
            sealed = file.seal(beside, _facts(engine, settings, revision, contents, now))
        except SQLAlchemyError as error:
            raise HotspotsError(f"the backup failed: {transfer.reason(error)}", _NOTHING) from error
        except (sqlite3.Error, OSError) as error:
            raise HotspotsError(f"the backup failed: {error}", _NOTHING) from error
        _read_again(beside, sealed, progress)
        octets = beside.stat().st_size
        _refuse_existing(path)
        beside.rename(path)
        durable.sync(path.parent)
    return Taken(path, octets, sealed)


def key_check(secret_key: SecretStr) -> str:
    """What says which secret key a backup's secrets are sealed under, without saying anything about the key."""
    return keys.derive(secret_key, keys.BACKUP_CHECK, 16).hex()


def _fill(source: Engine, path: Path, progress: Progress) -> tuple[str, dict[str, Content]]:
    """Its revision, and what is in it. It may be of an older version: one is glad of a backup before an upgrade."""
    target = file.make_engine(path)
    try:
        with transfer.snapshot(source).connect() as connection, target.begin() as there:
            revision = migrate.current(connection)
            if revision is None or not migrate.knows(revision):
                raise HotspotsError(
                    f"{source.url} is at revision {revision}, which this version of hotspots does not know",
                    "Save it with the version that it belongs to",
                )
            migrate.upgrade_within(there, revision)
            return revision, transfer.pour(connection, there, progress, transfer.tables_in(there))
    finally:
        target.dispose()


def _read_again(path: Path, sealed: Facts, progress: Progress) -> None:
    progress("verifying", 0, 1)
    if file.verify(path) != sealed:
        raise HotspotsError("the backup reads otherwise than it was written", "Look at the disk and the memory")
    progress("verifying", 1, 1)


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise HotspotsError(f"{path} exists already", "A backup never overwrites: name another file")


def _facts(engine: Engine, settings: Settings, revision: str, contents: dict[str, Content], now: datetime) -> Facts:
    return Facts(
        made_at=now,
        program=version("powiat-hotspots"),
        revision=revision,
        source=str(engine.url),
        key_check=key_check(settings.secret_key),
        rows={name: content.rows for name, content in contents.items()},
        settings={
            name: str(getattr(settings, name)) for name in type(settings).model_fields if name != "secret_key"
        },
    )


@contextmanager
def _partial(path: Path) -> Iterator[Path]:
    """An empty file beside it for its owner only, which goes unless it was renamed."""
    beside = folder.partial(path)
    try:
        os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise HotspotsError(
            f"{beside} exists: a backup is being written, or was interrupted", "Remove it if none is being written"
        ) from None
    except OSError as error:
        raise HotspotsError(f"{beside} cannot be made: {error.strerror}", "Name a folder that is there") from error
    try:
        yield beside
    finally:
        beside.unlink(missing_ok=True)


def _watching(where: Path, progress: Progress) -> Progress:
    """The same progress, that stops before the disk is full."""

    def watch(what: str, done: int, total: int) -> None:
        if shutil.disk_usage(where).free < LEAST_FREE_OCTETS:
            raise HotspotsError(
                f"less than {LEAST_FREE_OCTETS // 1_000_000} MB are free in {where}",
                "Make room, or set HOTSPOTS_BACKUP_DIR to a folder on another disk",
            )
        progress(what, done, total)

    return watch
