from __future__ import annotations

import random

import pytest

from hotspots.errors import HotspotsError
from hotspots.public_pages import coat_of_arms
from tests.hotspots.pictures import chunk, png

_WITH_A_SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_a_picture_loses_what_is_no_picture() -> None:
    plain = png()
    with_a_place = png(more=chunk(b"tEXt", b"Comment\0<script>") + chunk(b"eXIf", b"51.2 N"))
    assert with_a_place != plain
    assert coat_of_arms.cleaned(with_a_place) == coat_of_arms.cleaned(plain) == plain


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (b"", "no PNG"),
        (_WITH_A_SCRIPT, "no PNG"),
        (b"GIF89a", "no PNG"),
        (png()[:-20], "ends too early"),
        (png()[:40] + b"\0" + png()[41:], "checksum"),
        (png() + b"<script>", "goes on after its end"),
        (png(lines=39), "not hold as many pixels"),
        (png(lines=100_000), "not hold as many pixels"),
        (png(600, 10), "600 by 10 pixels"),
        (png(10, 0), "10 by 0 pixels"),
        (png(more=chunk(b"IHDR", bytes(13))), "not a whole PNG"),
        (b"\x89PNG\r\n\x1a\n", "not a whole PNG"),
        (bytes(300_000), "far too big"),
    ],
)
def test_anything_else_is_refused_with_what_would_do(picture: bytes, reason: str) -> None:
    with pytest.raises(HotspotsError, match=reason) as caught:
        coat_of_arms.cleaned(picture)
    assert "512 by 512 pixels" in caught.value.hint


def test_a_picture_that_does_not_fit_on_a_first_page_is_refused() -> None:
    noise = b"".join(b"\0" + random.Random(row).randbytes(4 * 120) for row in range(120))
    with pytest.raises(HotspotsError, match=r"has \d{5} octets"):
        coat_of_arms.cleaned(png(120, 120, raw=noise))
