"""Moving everything from one database into another, empty one."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from hotspots.database import make_engine
from hotspots.errors import HotspotsError
from hotspots.models import SpoolPosition
from hotspots.progress import Progress, silent
from hotspots.recorder import backlog
from hotspots.storage import migrate, transfer
from hotspots.storage.alone import is_ours, refuse_others, refuse_others_in_file, stopped
from hotspots.storage.database_url import sqlite_file
from hotspots.storage.spool import Position, look
from hotspots.storage.transfer import Content


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved, table by table, and the revision that both databases have."""

    tables: Mapping[str, Content]
    revision: str


def move(source_url: URL, target_url: URL, *, data_dir: Path, progress: Progress = silent) -> Moved:
    """Copy all rows, compare all of them, and only then commit; nothing in the source is changed.

    It is one transaction of the target: however it ends early, the target holds no rows and the move can be begun
    again. Nothing may run on the source meanwhile: what it wrote later would be missing.

    Args:
        source_url: Where everything is.
        target_url: An empty database, or one with empty tables.
        data_dir: Of the settings: nothing may run there, and its spool must be empty.
        progress: Is told how far it has come.

    Raises:
        HotspotsError: It was refused, or the two differ; the target has no rows.
    """
    if source_url == target_url:
        raise HotspotsError(f"{source_url} is both source and target", "Name two databases")
    files = [sqlite_file(url) for url in (source_url, target_url)]
    if files[0] is not None and not files[0].is_file():
        raise HotspotsError(f"there is no database at {files[0]}", "Name an existing one as FROM")
    with ExitStack() as stack:
        folders = _folders(data_dir, files)
        for folder in folders:
            stack.enter_context(stopped(folder))
        for file in files:
            if file is not None and file.exists():
                refuse_others_in_file(file)
        source, target = make_engine(source_url), make_engine(target_url)
        stack.callback(source.dispose)
        stack.callback(target.dispose)
        try:
            return _move(source, target, folders, progress)
        except SQLAlchemyError as error:
            raise HotspotsError(
                f"the databases cannot be used: {transfer.reason(error)}", "Nothing was moved"
            ) from error


def _move(source: Engine, target: Engine, folders: list[Path], progress: Progress) -> Moved:
    # A writer of SQLite would have to wait for this reader's turn; on PostgreSQL it is looked for again at the end.
    with transfer.snapshot(source).execution_options(write=True).connect() as connection:
        _refuse_others(connection)
        transfer.refuse_other_revision(connection)
        for folder in folders:
            _refuse_waiting(folder, connection)
        with target.connect() as there:
            _refuse_others(there)
            _refuse_filled(there)
        migrate.upgrade(target)
        with target.execution_options(write=True).begin() as there:
            moved = Moved(transfer.pour(connection, there, progress), migrate.head())
            # Once more: who came meanwhile may have written what is not in the copy.
            _refuse_others(connection)
            return moved


def _folders(data_dir: Path, files: list[Path | None]) -> list[Path]:
    """All that hold an installation: that of the settings, and those where a database lies."""
    candidates = {data_dir, *(file.parent for file in files if file is not None)}
    return sorted(folder for folder in candidates if is_ours(folder))


def _refuse_others(connection: Connection) -> None:
    # An SQLite file was looked at before it was opened, and its writer's turn is held.
    if connection.dialect.name == "postgresql":
        refuse_others(connection)


def _refuse_waiting(folder: Path, source: Connection) -> None:
    """Where records wait, the source is not all there is: who went back to it later would miss them."""
    spool = folder / backlog.FOLDER
    if not spool.is_dir():
        return
    table = SpoolPosition.__table__.c
    query = select(table.segment, table.octets).where(table.spool == backlog.spool_name(spool))
    known = source.execute(query).one_or_none()
    if look(spool, time.time(), Position(*known) if known else Position()).octets:
        raise HotspotsError(
            f"answered accounting waits in {spool} for the database",
            "Start hotspots with the database that is in use until hotspots_spool_octets is 0, then stop it again",
        )


def _refuse_filled(connection: Connection) -> None:
    """The target must be empty: no tables, or those of this version without rows."""
    url, revision = connection.engine.url, migrate.current(connection)
    if revision is None:
        if connection.dialect.get_table_names(connection):
            raise HotspotsError(f"{url} holds tables that are not ours", "Name an empty database")
        return
    if revision != migrate.head():
        raise HotspotsError(f"{url} is not empty: it is at revision {revision}", "Name an empty database")
    filled = [name for name, rows in transfer.counts(connection).items() if rows]
    if filled:
        raise HotspotsError(f"{url} is not empty: there are rows in {', '.join(filled)}", "Name an empty database")
