"""Addresses as pictures to scan."""

from __future__ import annotations

import segno
from markupsafe import Markup


def picture(address: str) -> Markup:
    """The address as a QR code (ISO/IEC 18004), an SVG element that scales and needs no style."""
    code = segno.make_qr(address, error="m")
    # segno writes this from modules alone: nothing of the address stands in it as text.
    return Markup(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704
