"""Pictures for tests, made from nothing."""

from __future__ import annotations

import struct
import zlib


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int = 32, height: int = 40, *, lines: int | None = None, raw: bytes = b"", more: bytes = b""
) -> bytes:
    """A red shield with alpha; ``lines`` that are really in it, or all of it ``raw``; ``more`` chunks before that."""
    line = b"\0" + b"\xc0\x20\x20\xff" * width
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    packed = zlib.compress(raw or line * (height if lines is None else lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
