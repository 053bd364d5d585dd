"""One style sheet for a page of the residents, so that the first page is there after two requests."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from flask import Flask, Response, url_for

_FOLDER: Final = Path(__file__).parent / "static"
_PARTS: Final = ("base.css", "residents.css")
_YEAR: Final = 365 * 24 * 3600


def install(app: Flask) -> None:
    """Serve the sheet, and let the templates ask for its address."""
    app.add_url_rule("/residents-<digest>.css", "residents_style", serve)
    app.jinja_env.globals.update(residents_style=address)


def address() -> str:
    """Where the sheet is: with a digest of what it says, so that a browser keeps it until it says something else."""
    return url_for("residents_style", digest=_digest())


def serve(digest: str) -> Response:
    """The sheet as it is now; who asks for an older one gets it, too, but is not told to keep it."""
    response = Response(sheet(), mimetype="text/css")
    if digest == _digest():
        response.cache_control.public = True
        response.cache_control.immutable = True
        response.cache_control.max_age = _YEAR
    return response


@cache
def sheet() -> str:
    """What all pages have, and then what only residents' pages have."""
    return "".join((_FOLDER / name).read_text("utf-8") for name in _PARTS)


@cache
def _digest() -> str:
    return hashlib.sha256(sheet().encode()).hexdigest()[:12]
