"""What residents are told: a heading and an advice for each reason to refuse, in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from hotspots.policy import Reason
from hotspots.vouchers import CODE_CHARACTERS, CodeFault, FaultKind

FORBIDDEN: Final = 403
NOT_NOW: Final = 409
BROKEN: Final = 503


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a refusal is called, what can be done about it, and the HTTP status that its page has.

    ``again`` says that the same visitor may succeed with the next attempt; ``voucher`` that a voucher may help.
    """

    heading: LazyString
    advice: LazyString
    status: int = FORBIDDEN
    again: bool = False
    voucher: bool = True


SENTENCES: Final[Mapping[Reason, Sentence]] = {
    Reason.UNKNOWN_USER: Sentence(
        _("We do not know this voucher"),
        _("Compare the code with the paper. If it is right, ask at the desk for a new voucher."),
        again=True,
    ),
    Reason.WRONG_PASSWORD: Sentence(
        _("Name and password do not fit together"), _("Check both and try once more."), again=True
    ),
    Reason.TICKET_FORGED: Sentence(
        _("The hotspot did not pass your login on as we sent it"),
        _("Try once more. If it happens again, tell the staff: the settings of the hotspot may be wrong."),
        again=True,
    ),
    Reason.TICKET_EXPIRED: Sentence(
        _("That took too long"),
        _("A permission to go online is good for two minutes. Try once more."),
        NOT_NOW,
        again=True,
    ),
    Reason.TICKET_USED: Sentence(
        _("This login was used already"), _("Each one works once. Try once more."), NOT_NOW, again=True
    ),
    Reason.TICKET_OTHER_DEVICE: Sentence(
        _("This login was made for another device"), _("Try once more on the device that you hold."), again=True
    ),
    Reason.TICKET_OTHER_ACCESS_POINT: Sentence(
        _("This login was made at another hotspot"),
        _("You have moved on in between. Try once more here."),
        again=True,
    ),
    Reason.VISIT_FORGED: Sentence(
        _("This address was not made by our hotspot"),
        _(
            "Leave the Wi-Fi, join it again, and open the login page from there. If you see this again, tell the"
            " staff: the settings of the hotspot may be wrong."
        ),
        voucher=False,
    ),
    Reason.DEVICE_UNREADABLE: Sentence(
        _("This address was not made by our hotspot"),
        _(
            "Leave the Wi-Fi, join it again, and open the login page from there. If you see this again, tell the"
            " staff: the settings of the hotspot may be wrong."
        ),
        voucher=False,
    ),
    Reason.CONTROLLER_SILENT: Sentence(
        _("We cannot check this just now"),
        _("It is our fault, and it has been written down. Try again in a few minutes."),
        BROKEN,
        again=True,
    ),
    Reason.VISIT_STALE: Sentence(
        _("This page was open for too long"),
        _("The hotspot has to make a new one before you can log in. That takes one tap."),
        NOT_NOW,
        again=True,
        voucher=False,
    ),
    Reason.ACCESS_POINT_UNKNOWN: Sentence(
        _("This hotspot is not one of ours"),
        _("Type nothing in here. Our hotspots are on the list of places; ask the staff there if in doubt."),
        voucher=False,
    ),
    Reason.VOUCHER_REVOKED: Sentence(
        _("This voucher was withdrawn"), _("Ask at the desk where you got it for a new one.")
    ),
    Reason.VOUCHER_EXPIRED: Sentence(
        _("The time of this voucher is over"), _("Ask at the desk where you got it for a new one.")
    ),
    Reason.VOUCHER_USED_UP: Sentence(
        _("This voucher is used up"), _("Ask at the desk where you got it for a new one.")
    ),
    Reason.ACCOUNT_BLOCKED: Sentence(
        _("This account has been blocked"),
        _("The authority that gave it to you has blocked it. It can tell you why; how to reach it stands below."),
    ),
    Reason.ACCOUNT_EXPIRED: Sentence(
        _("The time of this account is over"), _("Ask the authority that gave it to you to extend it.")
    ),
    Reason.CHAP_NEEDS_CLEARTEXT_PASSWORD: Sentence(
        _("An account cannot be used in this way here"),
        _("Open the login page of the hotspot and log in there. If that is what you did, tell the staff."),
        again=True,
    ),
    Reason.TOO_MANY_TRIES: Sentence(
        _("That password was tried too often"),
        _("Wait ten seconds, then type it once more, slowly."),
        NOT_NOW,
        again=True,
    ),
    Reason.DEVICE_NOT_REMEMBERED: Sentence(
        _("We do not remember this device"), _("Log in once on this page; then we do."), again=True
    ),
    Reason.ASKED_AGAIN_MOVED: Sentence(
        _("Is it you?"),
        _(
            "This device was online at another hotspot a moment ago, or somebody used its address there. So we ask you"
            " once. After you have logged in here, this page will not come again."
        ),
        again=True,
    ),
    Reason.ASKED_AGAIN_RANDOM: Sentence(
        _("Is it still you?"),
        _(
            "You last logged in some time ago, and your device uses an address that it made up itself. Somebody else"
            " could have it by now. So we ask you once more."
        ),
        again=True,
    ),
    Reason.DEVICE_BLOCKED: Sentence(
        _("This device has been blocked"),
        _("The authority that runs the hotspot has blocked it. It can tell you why; how to reach it stands below."),
        voucher=False,
    ),
    Reason.PLAN_UNKNOWN: Sentence(
        _("This hotspot is not set up completely"), _("It is our mistake, not yours. Please tell the staff.")
    ),
    Reason.PAUSE_NOT_OVER: Sentence(
        _("Time for a short pause"),
        _("Your time is used, and others may want to go online too. After the pause you can come back."),
        NOT_NOW,
    ),
    Reason.DAILY_TIME_SPENT: Sentence(
        _("Your time for today is used"), _("Tomorrow you have the whole time again."), NOT_NOW
    ),
    Reason.DAILY_OCTETS_SPENT: Sentence(
        _("Your data for today is used"), _("Tomorrow you have the whole amount again."), NOT_NOW
    ),
    Reason.MONTHLY_TIME_SPENT: Sentence(
        _("Your time for this month is used"), _("Next month you have the whole time again."), NOT_NOW
    ),
    Reason.MONTHLY_OCTETS_SPENT: Sentence(
        _("Your data for this month is used"), _("Next month you have the whole amount again."), NOT_NOW
    ),
    Reason.TOO_MANY_DEVICES: Sentence(
        _("Too many of your devices are online"),
        _("Log out on one of the others, or switch off its Wi-Fi. Then try once more here."),
        NOT_NOW,
        again=True,
    ),
    Reason.HELD_BY_ANOTHER_DEVICE: Sentence(
        _("Another of your devices has all that is left"),
        _("It is online now, and what is left is kept for it. Log out there, then try once more here."),
        NOT_NOW,
        again=True,
    ),
    Reason.TRY_LATER: Sentence(
        _("We cannot check this just now"),
        _("It is our fault, and it has been written down. Try again in a few minutes."),
        BROKEN,
        again=True,
    ),
}


def code_sentence(fault: CodeFault) -> str:
    """What is wrong with a voucher's code as it was typed."""
    if fault.kind is FaultKind.CHARACTER:
        text = gettext(
            "A code never contains %(characters)s. To avoid mistakes, codes have no 0, O, 1, I or L.",
            characters=" ".join(fault.characters),
        )
    elif fault.kind is FaultKind.LENGTH:
        text = gettext(
            "A code has %(wanted)d characters; you typed %(typed)d.", wanted=CODE_CHARACTERS, typed=fault.length
        )
    else:
        text = gettext("One character is wrong, or two are swapped. Compare the code with the paper.")
    return str(text)


ENDINGS: Final[Mapping[str, LazyString]] = {
    "User-Request": _("You logged out."),
    "Lost-Carrier": _("The device left the Wi-Fi."),
    "Lost-Service": _("The hotspot lost its own connection."),
    "Idle-Timeout": _("The device sent nothing for a while."),
    "Session-Timeout": _("The time or the data of this connection was used."),
    "Admin-Reset": _("The connection was ended by the network."),
    "NAS-Reboot": _("The hotspot was switched off or restarted."),
    "Stale": _("The hotspot stopped telling us about it."),
}
"""How a session ended, by its Acct-Terminate-Cause (RFC 2866, section 5.10)."""


def ending_sentence(cause: str | None) -> str:
    """How a session ended."""
    return str(ENDINGS.get(cause or "", gettext("The connection was ended.")))
