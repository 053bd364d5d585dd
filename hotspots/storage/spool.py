"""A spool on local disk: what was answered while the database was away, in order, until it is applied.

Each record has a time, a length and a checksum; an append is on disk (fdatasync) when it returns. A file cut off in
the middle of its last record loses only that record, which was never answered. A record that is damaged in the middle
is set aside in a file of its own, with a message, and the rest goes on.

The file that was written last stays when all is applied, empty: it holds its number, so that no position ever comes
again and is taken for one that the database has applied already.
"""

from __future__ import annotations

import logging
import os
import struct
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hotspots.errors import HotspotsError

_HEADER: Final = struct.Struct(">4sI")  # magic, CRC-32 of all that follows
_ABOUT: Final = struct.Struct(">QI")  # microseconds since 1970, octets of the payload
_FRAME_OCTETS: Final = _HEADER.size + _ABOUT.size
_MAGIC: Final = b"PHS2"
_SUFFIX: Final = ".spool"
_MOST_OCTETS_IN_A_RECORD: Final = 1 << 20
MOST_OCTETS: Final = 1 << 30
"""All that a spool holds at the most: a gibibyte is about three million accounting records."""

SEGMENT_OCTETS: Final = 16 << 20
"""A file is closed and the next one begun after so many octets, so that what was applied can be given back."""

_LOOKS: Final = 100

_log = logging.getLogger(__name__)


class SpoolFullError(HotspotsError):
    """The spool holds as much as it may; what is not in it must not be answered."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the spool: the number of a file, and an offset in it in octets."""

    segment: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One record, and the position right behind it."""

    payload: bytes
    behind: Position


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits, and how long the oldest of it has been waiting; 0 where nothing waits."""

    octets: int = 0
    age_seconds: float = 0.0


class Spool:
    """Records in files of a folder that only this process writes.

    Args:
        folder: Made where it is missing.
        applied: The position up to which all has been applied, as the database says; what is before it goes.
        most_octets: An append beyond it raises :class:`SpoolFullError` and writes nothing.
        clock: The time now, in seconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        applied: Position = Position(),
        most_octets: int = MOST_OCTETS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._most_octets = most_octets
        self._clock = clock
        self._applied = applied
        self._last = max(_segments(folder), default=applied.segment)
        self._file = -1
        self._written = 0
        self.forget(applied)

    @property
    def octets(self) -> int:
        """Octets that wait to be applied."""
        return self._octets

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._octets == 0

    def age_seconds(self) -> float:
        """How long the oldest record has been waiting; 0 where nothing waits."""
        return 0.0 if self.empty else look(self._folder, self._clock(), self._applied).age_seconds

    def append(self, payloads: Sequence[bytes]) -> None:
        """Add records; they are on disk when this returns.

        Raises:
            SpoolFullError: There is no room for them; nothing was added.
            OSError: The disk did not take them; what was half written is cut off again.
        """
        at = round(self._clock() * 1_000_000)
        data = b"".join(_framed(each, at) for each in payloads)
        if self._octets + len(data) > self._most_octets:
            raise SpoolFullError(f"the spool in {self._folder} is full", "bring the database back")
        if self._file < 0 or self._written >= SEGMENT_OCTETS:
            self._begin_segment()
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(self._file, view) :]
            os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self._written)
            raise
        self._written += len(data)
        self._octets += len(data)

    def waiting(self) -> Iterator[Record]:
        """What waits, in order; damaged parts are set aside on the way. Nothing is forgotten by reading it."""
        for number, path in sorted(_segments(self._folder).items()):
            start = self._applied.offset if number == self._applied.segment else 0
            yield from self._read(number, path, start)

    def forget(self, applied: Position) -> None:
        """All up to this position is applied, and durably so: give its room back."""
        self._applied = applied
        self._octets = 0
        for number, path in _segments(self._folder).items():
            left = _waiting_octets(number, path, applied)
            self._octets += left
            if left:
                continue
            if number != self._last:
                path.unlink()
            elif path.stat().st_size:
                self.close()
                os.truncate(path, 0)

    def forget_all(self) -> None:
        """All that was waiting is applied, an unfinished record at the end of a file aside, which goes too."""
        self.forget(Position(self._last + 1))

    def close(self) -> None:
        """Close the file; the records stay."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _begin_segment(self) -> None:
        self.close()
        self._last += 1
        path = self._folder / f"{self._last:012d}{_SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._written = 0
        # The file's own entry must survive a power cut as well.
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self, number: int, path: Path, start: int) -> Iterator[Record]:
        data = path.read_bytes()
        offset = start
        while offset < len(data):
            payload = _payload(data, offset)
            if payload is not None:
                offset += _FRAME_OCTETS + len(payload)
                yield Record(payload, Position(number, offset))
                continue
            following = _next_record(data, offset + 1)
            if following is None:
                # Cut off while it was written: never answered, so nobody misses it.
                _log.warning("%s ends in %d octets of an unfinished record", path.name, len(data) - offset)
                return
            aside = path.with_suffix(f".damaged-{offset}")
            aside.write_bytes(data[offset:following])
            _log.error("%s is damaged at octet %d: set aside as %s", path.name, offset, aside.name)
            offset = following


def look(folder: Path, now: float, applied: Position = Position()) -> Waiting:
    """What waits in the spool of this folder, which another process may be writing to; nothing is changed.

    Args:
        folder: May be missing: then nothing waits.
        now: Seconds since 1970.
        applied: The position up to which all has been applied.
    """
    for _ in range(_LOOKS):
        with suppress(FileNotFoundError):  # the other process gave a file back just now
            return _look(folder, now, applied)
    return Waiting()


def _look(folder: Path, now: float, applied: Position) -> Waiting:
    left = {
        number: octets
        for number, path in _segments(folder).items()
        if (octets := _waiting_octets(number, path, applied))
    }
    if not left:
        return Waiting()
    oldest = min(left)
    path = _segments(folder)[oldest]
    with path.open("rb") as file:
        file.seek(applied.offset if oldest == applied.segment else 0)
        head = file.read(_FRAME_OCTETS)
    whole = len(head) == _FRAME_OCTETS and head.startswith(_MAGIC)
    # Where the first record is damaged, the file at least says when something was last written to it.
    since = _ABOUT.unpack_from(head, _HEADER.size)[0] / 1_000_000 if whole else path.stat().st_mtime
    return Waiting(sum(left.values()), max(0.0, now - since))


def _segments(folder: Path) -> dict[int, Path]:
    return {int(path.stem): path for path in folder.glob(f"*{_SUFFIX}")}


def _waiting_octets(number: int, path: Path, applied: Position) -> int:
    if number < applied.segment:
        return 0
    size = path.stat().st_size
    return max(0, size - applied.offset) if number == applied.segment else size


def _framed(payload: bytes, at: int) -> bytes:
    about = _ABOUT.pack(at, len(payload))
    return _HEADER.pack(_MAGIC, zlib.crc32(payload, zlib.crc32(about))) + about + payload


def _payload(data: bytes, offset: int) -> bytes | None:
    """The payload of the record at this offset, None where none stands there whole."""
    begin = offset + _FRAME_OCTETS
    if begin > len(data):
        return None
    magic, checksum = _HEADER.unpack_from(data, offset)
    about = data[offset + _HEADER.size : begin]
    _, length = _ABOUT.unpack(about)
    if magic != _MAGIC or length > _MOST_OCTETS_IN_A_RECORD or begin + length > len(data):
        return None
    payload = data[begin : begin + length]
    return payload if zlib.crc32(payload, zlib.crc32(about)) == checksum else None


def _next_record(data: bytes, offset: int) -> int | None:
    """Where the next whole record begins at or after this offset."""
    while (offset := data.find(_MAGIC, offset)) >= 0:
        if _payload(data, offset) is not None:
            return offset
        offset += 1
    return None
