"""Where a visitor comes from: the gateway's redirect, or the signed visit that our own pages carry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from flask import request

from captive_portal.gateways.dialects import READERS, Dialect, dialect
from captive_portal.gateways.visit import Expected, GatewayVisit, Result
from captive_portal.places import Place
from captive_portal.services import places, services
from captive_portal.visits import FRESH
from hotspots.policy import Reason, Refuse

TOKEN = "visit"  # noqa: S105 - the name of the field


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visitor whose visit is verified, where they are, and the token that the pages carry on."""

    visit: GatewayVisit
    place: Place
    signed_at: datetime
    token: str

    @property
    def dialect(self) -> Dialect:
        """How its gateway is spoken to."""
        return dialect(self.visit)

    @property
    def good_until(self) -> datetime:
        """Until when a login can be made from the page of this visit."""
        return self.signed_at + FRESH

    def may_log_in(self, now: datetime) -> bool:
        """Whether the gateway's challenge can still be answered."""
        return self.dialect.can_log_in(self.visit) and now <= self.good_until

    def let_in_with(self, ticket: str, now: datetime) -> str:
        """The token of this visit as it is once its gateway has taken the ticket; it proves nothing before."""
        return services().visits.sign(replace(self.visit, result=Result.SUCCESS, challenge="", ticket=ticket), now)


class Refused(Exception):  # noqa: N818 - it is an outcome, not an error
    """A visitor is turned away: the refusal, and the visit as far as it is known."""

    def __init__(self, refusal: Refuse, arrival: Arrival | None = None) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal
        self.arrival = arrival


def from_form_gateway(gateway: str, nas_identifier: str) -> Arrival:
    """The visitor whom a gateway has sent to the path with its name, with parameters that it mostly did not sign.

    Raises:
        Refused: No access point of ours with such a gateway has this name, or a parameter is missing or strange.
    """
    place = places().find(nas_identifier)
    if place is None or place.gateway != gateway:
        raise turned_away(Reason.ACCESS_POINT_UNKNOWN, None)
    known = Expected(nas_identifier, place.uam_secret, place.fas_level, services().https, place.calls_from)
    visit = READERS[gateway](request.args, known)
    if visit is None:
        raise turned_away(Reason.VISIT_FORGED, place)
    return arrived(visit, place)


def from_token() -> Arrival:
    """The visitor whose page carried this token here, however old it is within a day.

    Raises:
        Refused: The token is not ours, too old, or of an access point that has been taken out of service.
    """
    here = services()
    token = request.values.get(TOKEN, "")
    signed = here.visits.read(token, here.clock())
    if signed is None:
        raise turned_away(Reason.VISIT_FORGED, None)
    place = places().find(signed.visit.nas_identifier)
    if place is None:
        raise turned_away(Reason.ACCESS_POINT_UNKNOWN, None)
    return Arrival(signed.visit, place, signed.signed_at, token)


def fresh_from_token() -> Arrival:
    """As :func:`from_token`, for those who want to log in now.

    Raises:
        Refused: Also where the visit has no challenge to answer, or is older than one may be.
    """
    arrival = from_token()
    here = services()
    now = here.clock()
    if not arrival.may_log_in(now):
        place, device = arrival.place, arrival.visit.device
        here.admission.refuse_visit(Reason.VISIT_STALE, place.access_point_id, device, now)
        raise Refused(Refuse(Reason.VISIT_STALE), arrival)
    return arrival


def arrived(visit: GatewayVisit, place: Place) -> Arrival:
    """Somebody whose visit a gateway has just proved."""
    here, now = services(), services().clock()
    return Arrival(visit, place, now, here.visits.sign(visit, now))


def turned_away(reason: Reason, place: Place | None, arrival: Arrival | None = None) -> Refused:
    """What to raise where a gateway's visit proves nothing; the refusal is written down.

    ``arrival`` is the visit where there is one whose page can be shown again.
    """
    here = services()
    # The device is left out: nothing proves it, and staff look refusals up by it.
    here.admission.refuse_visit(reason, None if place is None else place.access_point_id, None, here.clock())
    return Refused(Refuse(reason), arrival)
