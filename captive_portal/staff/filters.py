"""What the templates of the dashboards can say: figures, instants and states in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask_babel import gettext, lazy_gettext

from captive_portal import figures
from captive_portal.controllers.jobs import GATEWAY as UNIFI
from captive_portal.residents.opennds_calls import GATEWAY as OPENNDS
from captive_portal.services import services
from captive_portal.staff import progress, sentences, words
from captive_portal.staff.plotly_script import VERSION
from captive_portal.staff.queries_vouchers import VoucherState
from hotspots.access_points.liveness import Liveness

_LIVENESS: Final = {
    Liveness.WORKS: lazy_gettext("Works"),
    Liveness.QUIET: lazy_gettext("Quiet"),
    Liveness.SILENT: lazy_gettext("Silent"),
    Liveness.NEVER: lazy_gettext("Never heard"),
}
_VOUCHERS: Final = {
    VoucherState.UNUSED: lazy_gettext("Not used yet"),
    VoucherState.USED: lazy_gettext("In use"),
    VoucherState.REVOKED: lazy_gettext("Revoked"),
    VoucherState.EXPIRED: lazy_gettext("Expired"),
}
_CAUSES: Final = {
    # RFC 2866, section 5.10, in the spelling of the RADIUS dictionaries, and our own.
    "User-Request": lazy_gettext("Signed out"),
    "Lost-Carrier": lazy_gettext("Left the range"),
    "Lost-Service": lazy_gettext("Connection lost"),
    "Idle-Timeout": lazy_gettext("Not used for a while"),
    "Session-Timeout": lazy_gettext("Time used up"),
    "Admin-Reset": lazy_gettext("Disconnected"),
    "Admin-Reboot": lazy_gettext("Access point restarted"),
    "NAS-Reboot": lazy_gettext("Access point restarted"),
    "NAS-Error": lazy_gettext("Fault of the access point"),
    "Stale": lazy_gettext("Not heard again"),
    "NAS-Request": lazy_gettext("Ended by the access point"),
}
_SOURCES: Final = {
    OPENNDS: lazy_gettext(
        "What openNDS tells our portal (no RADIUS). They are as of the moment it was last heard."
    ),
    UNIFI: lazy_gettext("What the UniFi controller says when we ask it (no RADIUS). They are as of that moment."),
}


def everywhere() -> dict[str, Any]:
    """The names that every template of the dashboards has."""
    now = services().clock()
    return {
        "now": now,
        "octets": figures.octets,
        "number": words.number,
        "duration": figures.duration,
        "day": words.day,
        "date_of": words.date_of,
        "whole_day": words.whole_day,
        "iso": words.iso,
        "instant": lambda at: words.instant(at, now),
        "sentence": sentences.sentence,
        "lines": sentences.lines,
        "steps": progress.steps,
        "may_ask": progress.may_ask,
        "liveness": _LIVENESS.get,
        "voucher_state": _VOUCHERS.get,
        "cause": cause,
        "counted_by": counted_by,
        "plotly_version": VERSION,
    }


def cause(terminate_cause: str | None, stopped_at: datetime | None) -> str:
    """Why a session ended; an unknown cause as the gateway wrote it."""
    if stopped_at is None:
        return ""
    if not terminate_cause:
        return str(gettext("Not said"))
    return str(_CAUSES.get(terminate_cause, terminate_cause))


def counted_by(source: str | None) -> str:
    """Where a session's counters come from, by :attr:`hotspots.models.Session.source`."""
    if source is None:
        return str(gettext("The access point's own accounting (RADIUS)"))
    return str(_SOURCES.get(source) or gettext("What %(gateway)s says (no RADIUS)", gateway=source))
