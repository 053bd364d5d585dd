"""How far the command to end a session has come, told truthfully: an answer of the gateway is no proof yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from hotspots.models import Session, SessionCommand
from hotspots.sessions import disconnects

_ERROR_CAUSES: Final = {
    # RFC 5176, section 3.5.
    401: lazy_gettext("the gateway does not understand the command"),
    402: lazy_gettext("the command lacked something that the gateway needs"),
    403: lazy_gettext("the gateway says that the command was not meant for it"),
    404: lazy_gettext("the gateway found the command malformed"),
    405: lazy_gettext("the gateway does not offer this"),
    407: lazy_gettext("the gateway did not accept a value in the command"),
    501: lazy_gettext("the gateway is set up to take no such commands"),
    503: lazy_gettext("the gateway knows no such session"),
    504: lazy_gettext("the gateway cannot end this session"),
    506: lazy_gettext("the gateway had too much to do"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way: what it is, when it was done; ``failed`` where it went wrong."""

    words: str | LazyString
    at: datetime | None = None
    done: bool = False
    failed: bool = False


def steps(command: SessionCommand, session: Session) -> list[Step]:
    """The four steps from the button to the proof."""
    return [
        Step(gettext("Asked for by %(who)s", who=command.asked_by), command.asked_at, done=True),
        _sent(command),
        _answered(command),
        _proved(command, session),
    ]


def may_ask(command: SessionCommand | None, session: Session) -> bool:
    """Whether pressing the button would do anything: the session is open, and no command is on its way."""
    return session.stopped_at is None and (command is None or not disconnects.is_under_way(command, session))


def _sent(command: SessionCommand) -> Step:
    if command.sent_at is None:
        return Step(lazy_gettext("Not sent to the gateway yet"))
    if command.attempts > 1:
        words = gettext("Sent to the gateway, %(count)d times", count=command.attempts)
        return Step(words, command.sent_at, done=True)
    return Step(lazy_gettext("Sent to the gateway"), command.sent_at, done=True)


def _answered(command: SessionCommand) -> Step:
    if command.state == "nacked":
        why = _ERROR_CAUSES.get(command.error_cause or 0, gettext("without saying why"))
        words = gettext("The gateway refused: %(why)s", why=why)
        return Step(words, command.answered_at, done=True, failed=True)
    if command.state == "timed_out":
        return Step(lazy_gettext("The gateway did not answer"), command.answered_at, done=True, failed=True)
    if command.answered_at is None:
        return Step(lazy_gettext("No answer of the gateway yet"))
    return Step(lazy_gettext("The gateway says that it disconnected the device"), command.answered_at, done=True)


def _proved(command: SessionCommand, session: Session) -> Step:
    if command.proved_at is not None:
        return Step(lazy_gettext("Proved: accounting says that the session ended"), command.proved_at, done=True)
    if session.stopped_at is not None:
        return Step(lazy_gettext("The session ended"), session.stopped_at, done=True)
    if command.state == "acked" and disconnects.is_belied(command, session):
        words = lazy_gettext("Not proved: the device went on being online after that. Tell the technician.")
        return Step(words, session.updated_at, failed=True)
    return Step(lazy_gettext("Not proved by accounting yet"))
