"""What every answer tells the browser about security."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g

from captive_portal.services import services

_POLICY: Final = {
    "default-src": ("'none'",),
    "style-src": ("'self'",),
    "img-src": ("'self'", "data:"),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
    "base-uri": ("'none'",),
}
_HSTS: Final = "max-age=31536000"


def allow(directive: str, *sources: str) -> None:
    """Widen the Content-Security-Policy of this answer, such as ``allow("script-src", "'self'")``.

    Residents' pages have no scripts; only the dashboards ask for them.
    """
    wider: dict[str, tuple[str, ...]] = g.setdefault("content_security", {})
    wider[directive] = (*wider.get(directive, ()), *sources)


def install(app: Flask) -> None:
    """Add the headers to all answers of the application."""
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    """Give an answer what all answers have; its own headers stay."""
    response.headers.setdefault("Content-Security-Policy", _policy())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    # The address of a page may hold a gateway's challenge or a visit token: other sites need not see it.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if services().https:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    if not response.cache_control.max_age:
        response.cache_control.no_store = True
    return response


def _policy() -> str:
    directives = dict(_POLICY)
    for directive, sources in g.get("content_security", {}).items():
        directives[directive] = (*directives.get(directive, ()), *sources)
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
