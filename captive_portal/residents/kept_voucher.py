"""A voucher that was scanned, kept by the browser until it can be used.

The picture on a voucher leads to our start page, most often before the phone is behind a gateway; its visit comes a
redirect later, without the code. A cookie brings the two together, where the same browser opens both.
"""

from __future__ import annotations

from typing import Final

from flask import request
from werkzeug.wrappers import Response

from captive_portal.services import services
from hotspots import vouchers

COOKIE: Final = "voucher"
KEPT_SECONDS: Final = 24 * 3600
"""For those who scan at home and come tomorrow."""


def code() -> str:
    """The code that this browser keeps, as it is printed; empty where it keeps none."""
    kept = vouchers.normalise(request.cookies.get(COOKIE, ""))
    return vouchers.grouped(kept) if isinstance(kept, str) else ""


def keep(response: Response, code: str, seconds: int = KEPT_SECONDS) -> None:
    """Have the browser keep this code; no script can read it, and no other site's page has it sent with a form."""
    response.set_cookie(COOKIE, code, max_age=seconds, secure=services().https, httponly=True, samesite="Lax")


def forget(response: Response) -> None:
    """Have the browser drop it, where it keeps one."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, secure=services().https, httponly=True, samesite="Lax")
