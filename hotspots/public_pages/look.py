"""The colour of an authority on its pages: whether it can be read, and what it is in the dark (WCAG 2.1, 1.4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LEAST_FOR_TEXT: Final = 4.5
"""The contrast that text has to have on its ground; 1.4.3 of WCAG 2.1, level AA."""
LIGHT_GROUNDS: Final = ("#ffffff", "#f3f6f4", "#fff4de")
DARK_GROUNDS: Final = ("#101613", "#1a231f", "#33270f")
"""What stands behind links and buttons in ``base.css``: surface, ground and notice of each colour scheme."""
DARK_INK: Final = "#06261b"
"""The words on a button in the dark."""
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Shades:
    """One colour as it is in the light and in the dark, such as ``#0b6b4f``."""

    light: str
    dark: str


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.1, "contrast ratio")."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def fault(colour: str) -> str | None:
    """Why this cannot be the colour of links and buttons; None where it can."""
    if not _COLOUR.fullmatch(colour):
        return "must be a colour such as #0b6b4f"
    ground = min(LIGHT_GROUNDS, key=lambda each: contrast(colour, each))
    found = contrast(colour, ground)
    if found < LEAST_FOR_TEXT:
        return f"has a contrast of {found:.1f} to 1 on {ground}; words need {LEAST_FOR_TEXT}: choose a darker one"
    return None


def shades(colour: str) -> Shades:
    """The colour for both schemes: in the dark as much lighter as it has to be there."""
    for step in range(_STEPS + 1):
        lighter = _towards_white(colour, step / _STEPS)
        if all(contrast(lighter, ground) >= LEAST_FOR_TEXT for ground in (*DARK_GROUNDS, DARK_INK)):
            break
    return Shades(colour, lighter)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _towards_white(colour: str, share: float) -> str:
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in _parts(colour))


def _luminance(colour: str) -> float:
    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(part) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
