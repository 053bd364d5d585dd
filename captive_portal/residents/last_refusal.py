"""Why RADIUS refused a device a moment ago: its gateway does not say it in words of ours, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from captive_portal.residents.arrival import Arrival
from captive_portal.sentences import SENTENCES, Sentence
from captive_portal.services import services
from hotspots.logins import last_refusal as refusals
from hotspots.policy import Reason, Refuse

JUST_NOW: Final = timedelta(minutes=1)

_PAGE_MAY_TAKE: Final = timedelta(minutes=5)
"""So long after its gateway asked for it, a device may come with its page."""

_ASKED_AGAIN: Final = (Reason.ASKED_AGAIN_MOVED, Reason.ASKED_AGAIN_RANDOM)


def last_refusal(arrival: Arrival, within: timedelta) -> Refuse | None:
    """The newest refusal of this device at this access point, where it was written down by now."""
    here, place = services(), arrival.place.access_point_id
    return refusals.last_refusal(here.database, arrival.visit.device, place, here.clock() - within)


def reason_passed_on(arrival: Arrival) -> Reason | None:
    """The reason that RADIUS named in its Reply-Message, where the gateway passed it on."""
    try:
        return Reason((arrival.visit.reply or "").partition(";")[0])
    except ValueError:
        return None


def asked_again(arrival: Arrival) -> Sentence | None:
    """Why a device that we remember sees the login page; None for all others, and where nobody knows.

    What is written down is told only to whoever proves to be that device.
    """
    reason = reason_passed_on(arrival)
    if reason is None and arrival.dialect.DEVICE_IS_SIGNED:
        written = last_refusal(arrival, _PAGE_MAY_TAKE)
        reason = None if written is None else written.reason
    return SENTENCES[reason] if reason in _ASKED_AGAIN else None
