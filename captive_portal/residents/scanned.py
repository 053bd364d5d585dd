"""What the picture on a voucher leads to: the code, kept until the visitor is behind a gateway."""

from __future__ import annotations

from flask import Response

from captive_portal.residents import kept_voucher, pages
from captive_portal.sentences import code_sentence
from captive_portal.services import services
from hotspots import vouchers
from hotspots.public_pages import authorities
from hotspots.vouchers import CodeFault

_LONGEST_CODE = 64


def scanned(typed: str, start: str) -> Response:
    """The code, and what to do with it; whether it is good is looked up only where it is used.

    ``start`` is an address that every gateway turns into a redirect to the login page.
    """
    found = vouchers.normalise(typed[:_LONGEST_CODE])
    fault = found if isinstance(found, CodeFault) else None
    code = "" if isinstance(found, CodeFault) else vouchers.grouped(found)
    with services().database.read() as db:
        networks = authorities.networks(db)
    response = pages.page(
        "residents/scanned.html",
        status=200 if fault is None else 422,
        query={"voucher": code or typed[:_LONGEST_CODE]},
        code=code,
        code_error=None if fault is None else code_sentence(fault),
        networks=networks,
        start=start,
    )
    if code:
        kept_voucher.keep(response, code)
    # The code stands in the address of this page: not even our own log of style sheets shall have it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
