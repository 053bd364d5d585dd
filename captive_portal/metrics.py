"""The portal's own figures. No label names a device or a person.

With PROMETHEUS_MULTIPROC_DIR set they are kept in files there, which the exporter adds up.
"""

from __future__ import annotations

import time
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter("hotspots_portal_requests", "Requests that the portal answered.", ["endpoint", "status"])
SECONDS: Final = Histogram(
    "hotspots_portal_request_seconds",
    "Time from a request to its answer.",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
REFUSALS: Final = Counter("hotspots_portal_refusals", "Visitors turned away at the portal, by reason.", ["reason"])


def install(app: Flask) -> None:
    """Count the requests of this application."""
    app.before_request(_start)
    app.after_request(_count)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    # The endpoint, not the path: a path has device addresses in it, and strangers invent new ones.
    endpoint = request.endpoint or "none"
    REQUESTS.labels(endpoint, str(response.status_code)).inc()
    SECONDS.labels(endpoint).observe(time.perf_counter() - g.started)
    return response
