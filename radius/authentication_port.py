"""The authentication port: each login is decided and answered at once, and written down after that.

Only the password of an account that was not proved before is hashed first, while others are answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import ClassVar

from hotspots.logins.login import Outcome, Unproved
from hotspots.policy import Accept, Reason, Refuse
from radius import reject_delay
from radius.authentication import Authentication, may_be_new
from radius.delays import Delays
from radius.drops import Drop, Dropped
from radius.metrics import Tally
from radius.numbers import Code
from radius.password_checks import PasswordChecks
from radius.port import Port, Reader, Show, Way
from radius.receiving import Request
from radius.refreshing import Refresher


class AuthenticationPort(Port):
    """Answers Access-Requests. ``write`` takes the outcomes of a batch, to be written down.

    The reject of a guess waits for ``reject_delay_seconds``, or as long as its access point allows.
    """

    kind: ClassVar[str] = "auth"
    code: ClassVar[Code] = Code.ACCESS_REQUEST
    alive: ClassVar[Code] = Code.ACCESS_ACCEPT

    def __init__(
        self,
        way: Way,
        reader: Reader,
        refresher: Refresher,
        tally: Tally,
        show: Show | None,
        authentication: Authentication,
        checks: PasswordChecks,
        write: Callable[[Sequence[Outcome]], None],
        reject_delay_seconds: float = 0.0,
    ) -> None:
        super().__init__(way, reader, refresher, tally, show)
        self._reject_delay_seconds = reject_delay_seconds
        self._delays = Delays()
        self._authentication = authentication
        self._checks = checks
        self._write = write

    def handle(self, requests: Sequence[Request]) -> None:
        """Decide and answer; who is unknown is looked for once more, after a look at the database."""
        now = datetime.now(UTC)  # what is read in one go came at one time
        outcomes = [self._decide(request, now, may_wait=True) for request in requests]
        self._conclude(requests, outcomes)

    def stop(self) -> None:
        """Say now what waits to be said."""
        self._delays.stop()

    def _decide(self, request: Request, now: datetime, *, may_wait: bool) -> Outcome | None:
        """What is decided; None where that comes later, or never."""
        try:
            outcome = self._authentication.decide(request, now)
            if isinstance(outcome, Unproved):
                return self._prove(request, outcome, may_wait=may_wait)
        except Exception as error:
            self.give_up(request, error)
            return None
        decision = outcome.decision
        if isinstance(decision, Accept) or not may_wait or not may_be_new(decision):
            return outcome
        return None if self.later(request, partial(self._decide_again, request)) else outcome

    def _decide_again(self, request: Request) -> None:
        self._conclude([request], [self._decide(request, datetime.now(UTC), may_wait=False)])

    def _conclude(self, requests: Sequence[Request], outcomes: Sequence[Outcome | None]) -> None:
        """Answer what is decided, and hand it over to be written down once the answers are out."""
        decided = [(request, found) for request, found in zip(requests, outcomes, strict=True) if found is not None]
        replies = [self._reply(request, outcome) for request, outcome in decided]
        for (request, outcome), reply in zip(decided, replies, strict=True):
            decision = outcome.decision
            result, reason = (
                ("accepted", "") if isinstance(decision, Accept) else ("refused", decision.reason.value)
            )
            if reply is not None and isinstance(decision, Refuse):
                wait = reject_delay.seconds(decision, request.caller.client, self._reject_delay_seconds)
                self._delays.after(wait, partial(self.answer, request, reply, result))
            elif reply is not None:
                self.answer(request, reply, result)
            self._tally.logins[outcome.method, result, reason, outcome.attempt.client.authority] += 1
        self._way.flush()
        self._write([outcome for _, outcome in decided])

    def _reply(self, request: Request, outcome: Outcome) -> bytes | None:
        try:
            return self._authentication.reply(request, outcome)
        except Exception as error:
            self.give_up(request, error)
            return None

    def _prove(self, request: Request, unproved: Unproved, *, may_wait: bool) -> Outcome | None:
        """Have the password hashed; nothing is said to the gateway until that is done."""
        told = partial(self._told, request, unproved, may_wait)
        retry_at = self._checks.begin(unproved, request.key, told)
        return None if retry_at is None else unproved.refused(Reason.TOO_MANY_TRIES, retry_at)

    def _told(self, request: Request, unproved: Unproved, may_wait: bool, right: bool | None) -> None:
        self.resume(request, partial(self._settle, request, unproved, right, may_wait=may_wait))

    def _settle(self, request: Request, unproved: Unproved, right: bool | None, *, may_wait: bool) -> None:
        """Decide, now that the password is known to be right or wrong.

        Before somebody is refused, the database is asked whether they have another password by now; who has no
        account is kept waiting just as long.
        """
        if right is None:
            raise Dropped(Drop.ERROR)
        desk = self._authentication.desk
        if may_wait and (not right or desk.is_outdated(unproved)):
            again = partial(self._look_again_at, request, unproved)
            if self.later(request, again):
                return
        self._conclude([request], [desk.settle(unproved, right=right, now=datetime.now(UTC))])

    def _look_again_at(self, request: Request, unproved: Unproved) -> None:
        if self._authentication.desk.is_outdated(unproved):
            self._decide_again(request)
        else:
            self._settle(request, unproved, right=False, may_wait=False)
