from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import captive_portal
from hotspots.public_pages import look

CSS = (Path(captive_portal.__file__).parent / "static" / "base.css").read_text()


def test_contrast_is_that_of_the_guidelines() -> None:
    assert look.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert look.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert look.contrast("#0b6b4f", "#0b6b4f") == 1


@pytest.mark.parametrize(
    ("colour", "reason"),
    [
        ("#0b6b4f", None),
        ("#8a1538", None),
        ("#ffcc00", "choose a darker one"),
        ("#777777", "contrast of 4.1"),
        ("red", "such as #0b6b4f"),
        ("#0B6B4F", "such as #0b6b4f"),
        ("#fff;} body{display:none", "such as #0b6b4f"),
    ],
)
def test_a_colour_has_to_be_readable(colour: str, reason: str | None) -> None:
    found = look.fault(colour)
    assert (found is None) if reason is None else (found is not None and reason in found)


@given(st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: "#{:02x}{:02x}{:02x}".format(*parts)))
def test_every_colour_that_is_taken_can_be_read_in_both_schemes(colour: str) -> None:
    if look.fault(colour) is not None:
        return
    shades = look.shades(colour)
    assert all(look.contrast(shades.light, ground) >= 4.5 for ground in look.LIGHT_GROUNDS)
    assert all(look.contrast(shades.dark, ground) >= 4.5 for ground in (*look.DARK_GROUNDS, look.DARK_INK))


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
    )
    assert set(look.LIGHT_GROUNDS) == {light[name] for name in ("ground", "surface", "notice")}
    assert set(look.DARK_GROUNDS) == {dark[name] for name in ("ground", "surface", "notice")}
    assert dark["on-accent"] == look.DARK_INK
