"""Visitors of Ruckus SmartZone: whose device their redirect names, and its controller, which asks RADIUS for us."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from captive_portal.controllers import known
from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.smartzone import Code, SmartZone
from captive_portal.gateways import smartzone
from captive_portal.gateways.smartzone import Named
from captive_portal.gateways.visit import Result
from captive_portal.languages import chosen
from captive_portal.places import Place
from captive_portal.residents.arrival import Arrival, arrived, turned_away
from captive_portal.services import places, services
from hotspots.logins.admission import Admitted
from hotspots.policy import Reason

_LONGEST_REPLY: Final = 200
_COMES_BACK_AS: Final[Mapping[int, Result]] = MappingProxyType(
    {
        Code.LOGIN_FAILED: Result.FAILED,
        # It tells a refusal once; whoever asks again is told this.
        Code.UNAUTHORIZED: Result.FAILED,
        # Somebody else's login has let this device in, or an earlier one: nothing of it is shown.
        Code.AUTHORIZED: Result.ALREADY,
    }
)
"""What the visit is from now on, by what the controller answers to a login."""

_log = logging.getLogger(__name__)


def from_smartzone(nas_identifier: str) -> Arrival:
    """The visitor whom SmartZone has sent to the path with this name, with parameters that it did not sign.

    Raises:
        Refused: No access point of ours behind a SmartZone has this name, the redirect names no device, or the
            controller cannot say which.
    """
    place = places().find(nas_identifier)
    if place is None or place.gateway != "smartzone":
        raise turned_away(Reason.ACCESS_POINT_UNKNOWN, None)
    visitor = smartzone.named(request.args)
    if visitor is None:
        raise turned_away(Reason.VISIT_FORGED, place)
    visit = smartzone.read(request.args, nas_identifier, visitor, _device(visitor, place))
    if visit is None:
        raise turned_away(Reason.DEVICE_UNREADABLE, place)
    return arrived(visit, place)


def let_in(arrival: Arrival, admitted: Admitted, token: str, back: str) -> Redirect:  # noqa: ARG001 - it has no page
    """The controller takes the ticket to RADIUS; see :data:`captive_portal.residents.letting_in.OPENERS`.

    Raises:
        Refused: The controller does not know the device, or cannot be asked just now.
    """
    here, visit, place = services(), arrival.visit, arrival.place
    try:
        answer = _asked(place).log_in(smartzone.named_by(visit), admitted.user_name, admitted.password)
    except ControllerError as error:
        _log.warning("a visitor of %s is not let in: %s", place.nas_identifier, error)
        raise turned_away(Reason.CONTROLLER_SILENT, place, arrival) from error
    if answer.code == Code.LOGGED_IN:
        return redirect(url_for("residents.status", visit=token, lang=chosen()), 303)
    result = _COMES_BACK_AS.get(answer.code)
    if result is None:
        raise turned_away(Reason.VISIT_FORGED, place, arrival)
    came_back = replace(visit, result=result, reply=answer.message[:_LONGEST_REPLY])
    return redirect(
        url_for("residents.arrived", visit=here.visits.sign(came_back, here.clock()), lang=chosen()), 303
    )


def log_out(arrival: Arrival) -> bool:
    """End the session of this visit at its controller; False where that cannot be asked just now."""
    try:
        _asked(arrival.place).log_out(smartzone.named_by(arrival.visit))
    except ControllerError as error:
        _log.warning("a visitor of %s is not logged out: %s", arrival.place.nas_identifier, error)
        return False
    return True


def _device(visitor: Named, place: Place) -> str:
    if not visitor.encrypted:
        return visitor.client_mac
    try:
        return _asked(place).decrypt(visitor.client_mac) or ""
    except ControllerError as error:
        _log.warning("the device of a visitor of %s is not known: %s", place.nas_identifier, error)
        raise turned_away(Reason.CONTROLLER_SILENT, place) from error


def _asked(place: Place) -> SmartZone:
    return known.smartzone(services().database, place.wifi_controller)
