"""The Captive Portal API (RFC 8908), which phones learn of by DHCP (RFC 8910)."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import select

from captive_portal.places import Place
from captive_portal.services import places, services
from hotspots import mac
from hotspots.sessions.accounting import SessionState
from hotspots.sessions.accounting_store import SESSIONS, STATE_COLUMNS, state_of
from hotspots.sessions.standing import octets_left, seconds_left
from hotspots.sessions.stay import is_stale

blueprint = Blueprint("api", __name__, url_prefix="/api")


# A path: a NAS-Identifier may have slashes in it, and a server decodes them before anybody can tell.
@blueprint.get("/captive-portal/<path:nas_identifier>/<device>")
def captive_portal(nas_identifier: str, device: str) -> Response:
    """Whether this device is online at this access point, and for how long yet (RFC 8908, section 5).

    The address is the caller's own: the access point's DHCP hands each device one with its MAC address in it. An
    access point or a device that we do not know is told that it is captive, which is where help stands.
    """
    place = places().find(nas_identifier)
    address = mac.normalise(device)
    session = None if place is None or address is None else _open_session(place, address)
    response = jsonify(_document(place, session))
    response.mimetype = "application/captive+json"
    response.cache_control.private = True
    response.cache_control.no_store = True
    return response


@blueprint.get("/openapi.json")
def description() -> Response:
    """What programs may ask, in the words of OpenAPI 3.1."""
    return current_app.send_static_file("openapi.json")


def _document(place: Place | None, session: SessionState | None) -> dict[str, object]:
    base = services().settings.portal_base_url
    if place is None or session is None:
        return {"captive": True, "user-portal-url": f"{base}/start"}
    document: dict[str, object] = {
        "captive": False,
        "user-portal-url": f"{base}/",
        "can-extend-session": not place.plan.pause_seconds,
    }
    seconds, octets = seconds_left(session, services().clock()), octets_left(session)
    if seconds is not None:
        document["seconds-remaining"] = seconds
    if octets is not None:
        document["bytes-remaining"] = octets
    return document


def _open_session(place: Place, device: str) -> SessionState | None:
    statement = (
        select(*STATE_COLUMNS)
        .where(
            SESSIONS.c.access_point_id == place.access_point_id,
            SESSIONS.c.device == device,
            SESSIONS.c.stopped_at.is_(None),
        )
        .order_by(SESSIONS.c.started_at.desc())
        .limit(1)
    )
    with services().database.read() as db:
        row = db.execute(statement).one_or_none()
    if row is None:
        return None
    session = state_of(row)
    return None if is_stale(session.stay(), place.plan.interim_seconds, services().clock()) else session
