"""What was answered while the database was away: kept in the spool, and applied in order when it is back."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from hotspots.bulk import is_away
from hotspots.recorder.messages import Batch, decode_batch
from hotspots.recorder.store import Store, Written
from hotspots.storage.spool import Position, Record, Spool

_log = logging.getLogger(__name__)

FOLDER: Final = "spool"
"""Where it is, within the data folder."""

_NAME: Final = "name"


def spool_name(folder: Path) -> str:
    """The name of the spool in this folder, made where there is none.

    A random one: should the folder be lost, its successor must not be taken for it, whose beginning is applied.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _NAME
    if not path.exists():
        # Under its name only when it is whole: half a name would be one for good.
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        _keep(draft, secrets.token_hex(16).encode())
        draft.rename(path)
    return path.read_text()


class Backlog:
    """The spool with what is in it, as batches."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._spool = Spool(folder)
        self._waiting: Iterator[Record] = iter(())
        self._position_known = False

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._spool.empty

    @property
    def octets(self) -> int:
        """Octets that wait."""
        return self._spool.octets

    def age_seconds(self) -> float:
        """How long the oldest has been waiting; 0 where nothing waits."""
        return self._spool.age_seconds()

    def append(self, messages: Sequence[bytes]) -> None:
        """Keep encoded batches; they are on disk when this returns.

        Raises:
            SpoolFullError: There is no room for them; nothing was added.
            OSError: The disk did not take them; nothing was added.
        """
        self._spool.append(messages)

    def apply(self, store: Store, most_records: int) -> Written:
        """Bring the next batches into the database, about so many records, and give their room back.

        Raises:
            Exception: As :func:`hotspots.bulk.is_away` describes: the database is still away; nothing changed.
            OSError: What is damaged or refused could not be set aside; nothing changed.
        """
        with ExitStack() as on_failure:
            on_failure.callback(self._begin_again)
            written = self._apply(store, most_records)
            on_failure.pop_all()
        return written

    def _begin_again(self) -> None:
        """From where the database says: a commit may have come through all the same."""
        self._waiting = iter(())
        self._position_known = False

    def _apply(self, store: Store, most_records: int) -> Written:
        if not self._position_known:
            # After a restart: what was applied in the moment of a crash is not applied again.
            self._spool.forget(store.position())
            self._position_known = True
        records = self._next(most_records)
        if not records:
            # What is left is the unfinished end of a file: it was never answered.
            self._spool.forget_all()
            return Written()
        batches = [batch for record in records if (batch := self._batch(record)) is not None]
        try:
            written = _write(store, batches, records[-1].behind)
        except Exception as error:
            if is_away(error):
                raise
            written = self._one_by_one(store, records)
        self._spool.forget(records[-1].behind)
        return written

    def _next(self, most_records: int) -> list[Record]:
        few = max(1, most_records // 20)  # batches hold up to a hundred records, mostly fewer
        records = list(islice(self._waiting, few))
        if not records:
            self._waiting = self._spool.waiting()
            records = list(islice(self._waiting, few))
        return records

    def _one_by_one(self, store: Store, records: Sequence[Record]) -> Written:
        """Something among them is refused by the database: find it, set it aside, and apply the rest."""
        together = Written()
        for record in records:
            batch = self._batch(record)
            if batch is None:
                continue
            parts = [Batch(batch.number, [report], []) for report in batch.reports]
            parts += [Batch(batch.number, [], [login]) for login in batch.logins]
            for part in parts:
                try:
                    together.add(_write(store, [part], None))
                except Exception as error:
                    if is_away(error):
                        raise
                    _log.exception("a record that cannot be written is set aside: %r", part)
                    self._set_aside(msgspec.msgpack.encode(part), record.behind)
        _write(store, [], records[-1].behind)
        return together

    def _batch(self, record: Record) -> Batch | None:
        try:
            return decode_batch(record.payload)
        except msgspec.DecodeError:
            _log.exception("a record of the spool cannot be read; it is set aside")
            self._set_aside(record.payload, record.behind)
            return None

    def _set_aside(self, payload: bytes, behind: Position) -> None:
        path = self._folder / f"refused-{behind.segment}-{behind.offset}.msgpack"
        _keep(path, payload)


def _keep(path: Path, octets: bytes) -> None:
    """At the end of a file, and on disk when this returns."""
    with path.open("ab") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())


def _write(store: Store, batches: Sequence[Batch], behind: Position | None) -> Written:
    reports = [report for batch in batches for report in batch.reports]
    logins = [login for batch in batches for login in batch.logins]
    return store.write(reports, logins, datetime.now(UTC), behind)
