"""What each authority has to declare: what it keeps of whom, and how accessible its pages are."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, request

from captive_portal import public_pages
from captive_portal.languages import language
from captive_portal.places import controller_of
from captive_portal.residents import pages
from captive_portal.residents.about import carried
from captive_portal.residents.arrival import Arrival
from captive_portal.residents.entering import TERMS_VERSION
from captive_portal.services import services
from hotspots import models
from hotspots.public_pages import authorities, clauses

_MOST_VERSIONS = 2**16


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose declaration is asked for: of the authority named, or of the visit's; nobody's yet otherwise."""

    arrival: Arrival | None
    authority: models.Authority | None
    query: dict[str, str]


def privacy() -> Response:
    """Who keeps what for how long, as it is now, or as the version that is asked for said it."""
    asked = _asked()
    return pages.page(
        f"residents/privacy.{language()}.html",
        arrival=asked.arrival,
        endpoint="residents.privacy",
        query=asked.query,
        clause=None if asked.authority is None else _clause(asked.authority.id),
        choice="residents.privacy",
        authorities=authorities.with_hotspots(services().database),
    )


def accessibility() -> Response:
    """The accessibility declaration."""
    asked = _asked()
    page = public_pages.NONE if asked.authority is None else public_pages.of(asked.authority.slug)
    return pages.page(
        "residents/accessibility.html",
        arrival=asked.arrival,
        endpoint="residents.accessibility",
        query=asked.query,
        controller=None if asked.authority is None else controller_of(asked.authority),
        declaration=page.entry.accessibility,
        site=services().settings.portal_base_url,
        choice="residents.accessibility",
        authorities=authorities.with_hotspots(services().database),
    )


def _clause(authority_id: int) -> clauses.Published:
    here = services()
    number = request.args.get("version")
    if number is None:
        return clauses.in_force(here.database, authority_id, TERMS_VERSION, here.clock())
    if not number.isdecimal() or int(number) >= _MOST_VERSIONS:
        abort(404)
    with here.database.read() as db:
        found = clauses.of_number(db, authority_id, int(number))
    return found or abort(404)


def _asked() -> _Asked:
    arrival = carried()
    named = request.args.get("authority")
    slug = named or (None if arrival is None else arrival.place.controller.slug)
    found = next((row for row in authorities.with_hotspots(services().database) if row.slug == slug), None)
    if slug is not None and found is None:
        abort(404)
    query = {name: request.args[name] for name in ("authority", "version") if request.args.get(name)}
    return _Asked(arrival, found, query)
