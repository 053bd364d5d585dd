"""Visitors whom CoovaChilli has sent, or a gateway that speaks as it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import request

from captive_portal.gateways import coovachilli
from captive_portal.residents.arrival import Arrival, arrived, turned_away
from captive_portal.services import places, services
from hotspots.policy import Reason

_SPEAK_SO: Final = ("coovachilli", "uspot")


def from_uam() -> Arrival:
    """The visitor whom it has just sent.

    Raises:
        Refused: No access point of ours sent them, or it did not sign what came.
    """
    here = services()
    raw_query = request.query_string.decode("ascii", "replace")
    place = places().find(coovachilli.nas_identifier(raw_query))
    # Others come by doors of their own: in their name nobody may come by this one.
    if place is None or place.gateway not in _SPEAK_SO:
        raise turned_away(Reason.ACCESS_POINT_UNKNOWN, None)
    signed = coovachilli.is_signed(here.settings.portal_base_url, request.path, raw_query, place.uam_secret)
    visit = coovachilli.read(raw_query) if signed else None
    if visit is None:
        raise turned_away(Reason.VISIT_FORGED, place)
    return arrived(replace(visit, gateway="uspot") if place.gateway == "uspot" else visit, place)
