"""One style sheet for a page of the residents, so that the first page is there after two requests.

It has what all pages have, and then the colour and the coat of arms of the authority whose page it is.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, request, url_for

from captive_portal import public_pages
from captive_portal.known_places import PublicPage
from captive_portal.residents.arrival import Arrival
from hotspots.public_pages import look

_FOLDER: Final = Path(__file__).parent / "static"
_PARTS: Final = ("base.css", "residents.css")
_YEAR: Final = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Serve the sheets, and let the templates ask for the address of theirs."""
    app.add_url_rule("/residents-<digest>.css", "residents_style", serve)
    app.jinja_env.globals.update(residents_style=address)


def address(arrival: Arrival | None) -> str:
    """Where the sheet is: with a digest of what it says, so that a browser keeps it until it says something else."""
    if arrival is None:
        return url_for("residents_style", digest=_digest(None, None))
    slug = arrival.place.controller.slug
    return url_for("residents_style", digest=_digest(*_own(public_pages.of(slug))), of=slug)


def serve(digest: str) -> Response:
    """The sheet as it is now; who asks for an older one gets it, too, but is not told to keep it."""
    slug = request.args.get("of")
    own = _own(public_pages.NONE if slug is None else public_pages.of(slug))
    response = Response(sheet(*own), mimetype="text/css")
    if digest == _digest(*own):
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.max_age = _YEAR
    return response


def _own(page: PublicPage) -> tuple[str | None, bytes | None]:
    return page.entry.colour, page.arms


@lru_cache(maxsize=64)
def sheet(colour: str | None, arms: bytes | None) -> str:
    """The whole sheet for an authority of this colour with these arms."""
    return _common() + ("" if colour is None else _of_colour(colour)) + ("" if arms is None else _of_arms(arms))


def _of_colour(colour: str) -> str:
    shades = look.shades(colour)
    light, dark = (
        f":root {{ --accent: {each}; --accent-strong: {each}; }}" for each in (shades.light, shades.dark)
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n"


def _of_arms(arms: bytes) -> str:
    picture = f"data:image/png;base64,{base64.b64encode(arms).decode()}"
    return f'.arms {{ display: block; background-image: url("{picture}"); }}\n.arms + svg {{ display: none; }}\n'


@cache
def _common() -> str:
    return "".join((_FOLDER / name).read_text("utf-8") for name in _PARTS)


@lru_cache(maxsize=64)
def _digest(colour: str | None, arms: bytes | None) -> str:
    return hashlib.sha256(sheet(colour, arms).encode()).hexdigest()[:12]
