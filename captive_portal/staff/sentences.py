"""Why somebody cannot get on, in sentences for staff: each reason, what to do, and each check in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from captive_portal.figures import distance, duration, long_time, octets
from hotspots.models import LoginDecision
from hotspots.policy import Reason


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened, and what a member of staff can tell the resident or do."""

    what: LazyString
    advice: LazyString


SENTENCES: Final[Mapping[Reason, Sentence]] = {
    Reason.UNKNOWN_USER: Sentence(
        lazy_gettext("There is no such voucher or account."),
        lazy_gettext("Compare the code with the printed one, letter by letter, or give out a new voucher."),
    ),
    Reason.WRONG_PASSWORD: Sentence(
        lazy_gettext("Name and password do not belong together, or nobody has that name."),
        lazy_gettext("A voucher's code stands alone. Compare the name of an account, or give it a new password."),
    ),
    Reason.TICKET_FORGED: Sentence(
        lazy_gettext("The access point sent a permission that is not ours."),
        lazy_gettext("If it happens to several people at one place, tell the technician: its secret may be wrong."),
    ),
    Reason.TICKET_EXPIRED: Sentence(
        lazy_gettext("The permission to sign in lasts two minutes, and they were over."),
        lazy_gettext("Leave the Wi-Fi network, join it again and sign in."),
    ),
    Reason.TICKET_USED: Sentence(
        lazy_gettext("The permission to sign in had been used already."),
        lazy_gettext("Leave the Wi-Fi network, join it again and sign in; an old page or bookmark does not work."),
    ),
    Reason.TICKET_OTHER_DEVICE: Sentence(
        lazy_gettext("The permission to sign in belongs to another device."),
        lazy_gettext("Open the sign-in page on the device that is to go online."),
    ),
    Reason.TICKET_OTHER_ACCESS_POINT: Sentence(
        lazy_gettext("The permission to sign in belongs to another access point."),
        lazy_gettext("The device moved on while signing in. Join the Wi-Fi network here again and sign in."),
    ),
    Reason.VISIT_FORGED: Sentence(
        lazy_gettext("The address of the sign-in page was changed on its way."),
        lazy_gettext("Join the Wi-Fi network again. If it happens to everybody there, tell the technician."),
    ),
    Reason.DEVICE_UNREADABLE: Sentence(
        lazy_gettext("The controller could not say which device the sign-in page was opened on."),
        lazy_gettext(
            "Join the Wi-Fi network again. If it happens to everybody there, the access point may belong to another"
            " controller: tell the technician."
        ),
    ),
    Reason.CONTROLLER_SILENT: Sentence(
        lazy_gettext("The controller of the access point did not answer, or refused our password."),
        lazy_gettext("Nobody can get on there meanwhile: tell the technician. The log of the portal says more."),
    ),
    Reason.VISIT_STALE: Sentence(
        lazy_gettext("The sign-in page had been open for too long."),
        lazy_gettext("Leave the Wi-Fi network, join it again and sign in."),
    ),
    Reason.ACCESS_POINT_UNKNOWN: Sentence(
        lazy_gettext("The access point is not in our inventory."),
        lazy_gettext("Nobody can get on there until the technician adds it: tell them the place."),
    ),
    Reason.VOUCHER_REVOKED: Sentence(
        lazy_gettext("The voucher was revoked by staff."),
        lazy_gettext("Give out a new voucher if the resident may have one."),
    ),
    Reason.VOUCHER_EXPIRED: Sentence(
        lazy_gettext("The voucher is past its time."),
        lazy_gettext("Give out a new voucher."),
    ),
    Reason.VOUCHER_USED_UP: Sentence(
        lazy_gettext("The voucher's time or data is used up."),
        lazy_gettext("Give out a new voucher."),
    ),
    Reason.ACCOUNT_BLOCKED: Sentence(
        lazy_gettext("The account is blocked."),
        lazy_gettext("Only an administrator can lift the block; ask them why it was set."),
    ),
    Reason.ACCOUNT_EXPIRED: Sentence(
        lazy_gettext("The account is past its time."),
        lazy_gettext("Ask an administrator to extend it."),
    ),
    Reason.CHAP_NEEDS_CLEARTEXT_PASSWORD: Sentence(
        lazy_gettext("The access point hid the password with CHAP, and an account's can only be checked in clear."),
        lazy_gettext("Tell the technician: the access point has to send passwords with PAP."),
    ),
    Reason.TOO_MANY_TRIES: Sentence(
        lazy_gettext("A wrong password was sent for this name several times in a row from here."),
        lazy_gettext(
            "Wait ten seconds and try again. If nobody there did it, somebody is guessing: tell the administrator."
        ),
    ),
    Reason.DEVICE_NOT_REMEMBERED: Sentence(
        lazy_gettext("The device is new here, or was away for long, so it was shown the sign-in page."),
        lazy_gettext("This is the normal first step. If no page appears, tap the network in the Wi-Fi settings."),
    ),
    Reason.ASKED_AGAIN_MOVED: Sentence(
        lazy_gettext(
            "The device was just at another hotspot, too far away, so it was shown the sign-in page again."
        ),
        lazy_gettext(
            "One sign-in there is enough. If it happens again and again, somebody may be using the device's address:"
            " let the resident sign in with an account or a voucher."
        ),
    ),
    Reason.ASKED_AGAIN_RANDOM: Sentence(
        lazy_gettext(
            "The device made its address up itself, and its last sign-in is long ago, so it was shown the page again."
        ),
        lazy_gettext("This is normal: one sign-in is enough. How long such an address is good stands in the plan."),
    ),
    Reason.DEVICE_BLOCKED: Sentence(
        lazy_gettext("The device is blocked."),
        lazy_gettext("Only an administrator can lift the block; ask them why it was set."),
    ),
    Reason.PLAN_UNKNOWN: Sentence(
        lazy_gettext("The service plan that applies here does not exist."),
        lazy_gettext("This is a mistake in our settings: tell the administrator."),
    ),
    Reason.PAUSE_NOT_OVER: Sentence(
        lazy_gettext("The session time was used, and the pause that must follow is not over."),
        lazy_gettext("Wait until the time shown, then sign in again."),
    ),
    Reason.DAILY_TIME_SPENT: Sentence(
        lazy_gettext("Today's time is used up."),
        lazy_gettext("It starts anew at midnight."),
    ),
    Reason.DAILY_OCTETS_SPENT: Sentence(
        lazy_gettext("Today's data is used up."),
        lazy_gettext("It starts anew at midnight."),
    ),
    Reason.MONTHLY_TIME_SPENT: Sentence(
        lazy_gettext("This month's time is used up."),
        lazy_gettext("It starts anew on the first day of next month."),
    ),
    Reason.MONTHLY_OCTETS_SPENT: Sentence(
        lazy_gettext("This month's data is used up."),
        lazy_gettext("It starts anew on the first day of next month."),
    ),
    Reason.TOO_MANY_DEVICES: Sentence(
        lazy_gettext("As many devices as the plan allows are online already."),
        lazy_gettext("Sign one of them out, or disconnect it in the list of sessions."),
    ),
    Reason.HELD_BY_ANOTHER_DEVICE: Sentence(
        lazy_gettext("Another device of the same person is online and holds all that is left."),
        lazy_gettext("Sign that one out, or disconnect it in the list of sessions: the rest is free then."),
    ),
    Reason.TRY_LATER: Sentence(
        lazy_gettext("The system could not decide at that moment."),
        lazy_gettext("Try again in a minute. If it goes on, tell the technician."),
    ),
}

_UNKNOWN: Final = Sentence(
    lazy_gettext("The login was refused for a reason that this page does not know."),
    lazy_gettext("Tell the administrator."),
)

_BY_NAME: Final[Mapping[str, Sentence]] = {reason.value: said for reason, said in SENTENCES.items()}

NO_REFUSALS: Final = (Reason.DEVICE_NOT_REMEMBERED.value, Reason.ASKED_AGAIN_RANDOM.value)
"""Devices meet these on their way to the sign-in page as a matter of course: nobody was turned away."""


def sentence(reason: str) -> Sentence:
    """The sentence for a reason as it stands in the database."""
    return _BY_NAME.get(reason, _UNKNOWN)


_WAY: Final = "way"
"""No budget: nothing of it was used."""


def _count(value: int) -> str:
    return str(value)


_RULES: Final[Mapping[str, tuple[LazyString, Callable[[int], str]]]] = {
    "credential": (lazy_gettext("Voucher's own time"), duration),
    "pause": (lazy_gettext("Pause between sessions"), duration),
    "devices_at_once": (lazy_gettext("Devices online at once"), _count),
    "daily_time": (lazy_gettext("Time today"), duration),
    "monthly_time": (lazy_gettext("Time this month"), duration),
    "daily_octets": (lazy_gettext("Data today"), octets),
    "monthly_octets": (lazy_gettext("Data this month"), octets),
    "session_time": (lazy_gettext("Time of one session"), duration),
    "random_address": (lazy_gettext("Time since the last sign-in, with a made-up address"), long_time),
    _WAY: (lazy_gettext("Way from another hotspot"), distance),
}

RULES: Final = frozenset(_RULES)


@dataclass(frozen=True, slots=True)
class CheckInWords:
    """One rule as it was applied: its name, and used, limit and left as a reader says them; None where unknown."""

    rule: str
    used: str | None
    limit: str | None
    left: str | None


def in_words(check: Mapping[str, Any]) -> CheckInWords:
    """A check as it stands in the log of decisions (:class:`hotspots.policy.Check`), in words."""
    rule = str(check.get("rule"))
    name, figure = _RULES.get(rule, (rule, _count))
    used, limit, left = (
        None if check.get(field) is None else figure(int(check[field])) for field in ("used", "limit", "left")
    )
    return CheckInWords(str(name), used, limit, left)


def lines(decision: LoginDecision) -> list[str]:
    """The rules of a decision that had something to say, a line each."""
    return [_line(check) for check in decision.checks if _says_something(check)]


def _says_something(check: Mapping[str, Any]) -> bool:
    return check.get("limit") is not None or check.get("left") is not None


def _line(check: Mapping[str, Any]) -> str:
    """A rule with what went in and what was left of it: "Time today: 45 min of 1 hr used, 15 min left"."""
    said = in_words(check)
    parts = []
    if said.used is not None and said.limit is not None and check["rule"] == _WAY:
        parts.append(
            gettext("%(used)s, of %(limit)s that are possible in the time", used=said.used, limit=said.limit)
        )
    elif said.used is not None and said.limit is not None:
        parts.append(gettext("%(used)s of %(limit)s used", used=said.used, limit=said.limit))
    elif said.limit is not None:
        parts.append(gettext("limit %(limit)s", limit=said.limit))
    if said.left is not None:
        parts.append(gettext("%(left)s left", left=said.left))
    return f"{said.rule}: {', '.join(parts)}"
