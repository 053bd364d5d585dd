"""A decision as staff read it, on a page or at the prompt: what was decided, what to do, each rule with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext, lazy_gettext

from captive_portal import figures
from captive_portal.staff import sentences, words
from captive_portal.staff.filters import cause
from hotspots.logins.explanation import Told
from hotspots.models import Session

_METHODS: Final = {
    "ticket": lazy_gettext("Let in from the sign-in page."),
    "voucher": lazy_gettext("Let in with a voucher."),
    "account": lazy_gettext("Let in with an account."),
    "device": lazy_gettext("Recognised, and let in without the sign-in page."),
    "kiosk": lazy_gettext("Let in as a public terminal."),
}
_START_IS_DUE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Story:
    """One decision in words; ``checks`` are its rules, a line each."""

    told: Told
    what: str
    advice: str
    checks: list[str]


def story(told: Told, now: datetime) -> Story:
    """What happened, in the language of the request."""
    decision = told.decision
    checks = sentences.lines(decision)
    if decision.reason is None:
        what = str(_METHODS.get(decision.method, lazy_gettext("Let in.")))
        return Story(told, what, _what_followed(told, now), checks)
    said = sentences.sentence(decision.reason)
    advice = " ".join(filter(None, (str(said.advice), again(decision.retry_at, now))))
    return Story(told, str(said.what), advice, checks)


def nothing() -> str:
    """Said where no decision was found."""
    return str(
        gettext(
            "Nothing was decided here as far as the log goes back. If it is about a certain time, give it; else the "
            "device may not have reached the sign-in page."
        )
    )


def again(retry_at: datetime | None, now: datetime) -> str:
    """From when the same login passes; empty where time does not mend it."""
    if retry_at is None:
        return ""
    at = words.instant(retry_at, now)
    words_before = gettext("It works again from") if retry_at > now else gettext("It has worked again since")
    return f"{words_before} {at}."


def _what_followed(told: Told, now: datetime) -> str:
    if told.session is not None:
        return _of_session(told.session, now)
    if now - told.decision.at < _START_IS_DUE:
        return str(gettext("The access point has not reported yet that it let the device through."))
    return str(
        gettext(
            "The access point never reported that the device went online. If that happens to several people there, "
            "tell the technician."
        )
    )


def _of_session(session: Session, now: datetime) -> str:
    amount = figures.octets(session.octets_up + session.octets_down)
    began = words.instant(session.started_at, now)
    if session.stopped_at is None:
        return str(gettext("Online since %(began)s; %(amount)s until now.", began=began, amount=amount))
    return str(
        gettext(
            "Online from %(began)s to %(ended)s; %(amount)s. It ended: %(why)s.",
            began=began,
            ended=words.instant(session.stopped_at, now),
            amount=amount,
            why=cause(session.terminate_cause, session.stopped_at),
        )
    )
