"""Plotly's script, served from the installed package under a name that changes with its version."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from flask import Response, request
from werkzeug.exceptions import NotFound

VERSION: Final = version("plotly")
_A_YEAR: Final = 365 * 24 * 3600


def serve(release: str) -> Response:
    """The script; browsers may keep it for a year, since another release has another address."""
    if release != VERSION:
        raise NotFound
    if request.accept_encodings.quality("gzip") > 0:
        response = Response(_packed(), mimetype="text/javascript")
        response.content_encoding = "gzip"
    else:
        response = Response(_path().read_bytes(), mimetype="text/javascript")
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.max_age = _A_YEAR
    response.cache_control.immutable = True
    return response


@cache
def _packed() -> bytes:
    return gzip.compress(_path().read_bytes(), compresslevel=6, mtime=0)


def _path() -> Path:
    # Found without importing plotly, which would cost each worker its modules.
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("plotly is not installed")
    return Path(spec.origin).parent / "package_data" / "plotly.min.js"
