"""The ways in: how a hotspot lets somebody prove that they may go online, in the order that its authority chooses."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final


class WayIn(StrEnum):
    """One way in. The values are what the inventory says and what the database keeps."""

    TAP = "tap"
    """One tap; no personal data."""
    VOUCHER = "voucher"
    SMS = "sms"
    """A code that is sent to a mobile phone."""
    EMAIL = "email"
    """A code that is sent by e-mail, with a few minutes of access to fetch it."""
    ACCOUNT = "account"
    SPONSOR = "sponsor"
    """A member of staff says yes."""


WIFI4EU_COLLECTOR: Final = "collection.wifi4eu.ec.europa.eu"
"""The host that a login page of WiFi4EU reaches before anybody is signed in."""

DEFAULT: Final = (WayIn.TAP, WayIn.VOUCHER)


def fault(ways: Sequence[str], *, wifi4eu: bool, grace: bool, sms_paid: bool) -> str | None:
    """Why a hotspot cannot have these ways in; None where it can.

    ``wifi4eu`` says that the rules of WiFi4EU apply to it, ``grace`` that it has a plan for those who fetch a code by
    e-mail, ``sms_paid`` that its authority has decided how much a month may cost.
    """
    if len(set(ways)) != len(ways):
        return "names one way in twice"
    if wifi4eu and list(ways) != [WayIn.TAP]:
        # Grant agreements: no sign-up and nothing to type where a network bears that name.
        return "must be tap alone, because the hotspot is one of WiFi4EU"
    if WayIn.EMAIL in ways and not grace:
        return "has email, which needs a grace_plan: a code by e-mail cannot be fetched without the Internet"
    if WayIn.SMS in ways and not sms_paid:
        return "has sms, which needs sms_monthly_grosze of the authority: the most that a month may cost"
    return None
