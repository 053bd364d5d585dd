"""A coat of arms as it may go to every phone: a small PNG, checked to the last octet and rid of all that is no picture.

The format is of the PNG specification (W3C, third edition, sections 5 and 11).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from hotspots.errors import HotspotsError

MOST_OCTETS: Final = 10_000
"""So that the first page stays below 30 kB with it."""
MOST_OCTETS_OF_A_FILE: Final = 200_000
"""A file may be bigger: cameras and drawing programs put much beside the picture."""
MOST_PIXELS: Final = 512
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PICTURE: Final = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
# Channels by colour type: grey, colours, palette, grey with alpha, colours with alpha.
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_HINT: Final = (
    f"give a PNG of at most {MOST_PIXELS} by {MOST_PIXELS} pixels and {MOST_OCTETS} octets, not interlaced"
)


def cleaned(picture: bytes) -> bytes:
    """The same picture without comments, times, profiles and whatever else a file may carry.

    Raises:
        HotspotsError: It is no PNG, is damaged, or is too big.
    """
    if len(picture) > MOST_OCTETS_OF_A_FILE:
        raise _bad("is far too big")
    if not picture.startswith(_SIGNATURE):
        raise _bad("is no PNG")
    chunks = [(kind, data) for kind, data in _chunks(picture) if kind in _PICTURE]
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or kinds.count(b"IHDR") != 1 or b"IDAT" not in kinds:
        raise _bad("is not a whole PNG")
    _check_pixels(chunks[0][1], b"".join(data for kind, data in chunks if kind == b"IDAT"))
    clean = _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)
    if len(clean) > MOST_OCTETS:
        raise _bad(f"has {len(clean)} octets")
    return clean


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(_SIGNATURE)
    while position < len(picture):
        head = picture[position : position + 8].ljust(8, b"\0")
        (length,), kind = struct.unpack(">I", head[:4]), head[4:]
        end = position + 12 + length
        if end > len(picture):
            raise _bad("ends too early")
        data = picture[position + 8 : end - 4]
        if picture[end - 4 : end] != struct.pack(">I", zlib.crc32(kind + data)):
            raise _bad("is damaged: a checksum is wrong")
        yield kind, data
        position = end
        if kind == b"IEND" and position != len(picture):
            raise _bad("goes on after its end")


def _check_pixels(header: bytes, packed: bytes) -> None:
    if len(header) != 13:
        raise _bad("has a strange header")
    width, height, depth, colour, compression, filtering, interlaced = struct.unpack(">IIBBBBB", header)
    if not (1 <= width <= MOST_PIXELS and 1 <= height <= MOST_PIXELS):
        raise _bad(f"has {width} by {height} pixels")
    if (
        colour not in _CHANNELS
        or depth not in (1, 2, 4, 8, 16)
        or (compression, filtering, interlaced) != (0, 0, 0)
    ):
        raise _bad("is of a kind that not every browser shows, or interlaced")
    wanted = height * (1 + (width * _CHANNELS[colour] * depth + 7) // 8)
    unpacker = zlib.decompressobj()
    try:
        # No more than there may be: a small file can hold a picture that fills all memory.
        found = len(unpacker.decompress(packed, wanted + 1))
    except zlib.error as error:
        raise _bad(f"is damaged: {error}") from None
    if found != wanted or not unpacker.eof:
        raise _bad("does not hold as many pixels as it says")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _bad(what: str) -> HotspotsError:
    return HotspotsError(f"the coat of arms {what}", hint=_HINT)
