"""The authentication port: each login is decided and answered at once, and written down after that.

Only the password of an account that was not proved before is hashed first, while others are answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from hotspots.login import Outcome, Unproved
from hotspots.policy import Accept, Reason
from radius.authentication import Authentication, may_be_new
from radius.callers import Callers
from radius.door import Door
from radius.drops import Drop, Dropped
from radius.duplicates import Key
from radius.metrics import Tally
from radius.numbers import Code
from radius.password_checks import PasswordChecks
from radius.port import Port, Show
from radius.receiving import Request
from radius.refreshing import Refresher


class AuthenticationPort(Port):
    """Answers Access-Requests. ``write`` takes the outcomes of a batch, to be written down."""

    kind = "auth"
    code = Code.ACCESS_REQUEST
    alive = Code.ACCESS_ACCEPT

    def __init__(
        self,
        door: Door,
        callers: Callers,
        refresher: Refresher,
        tally: Tally,
        show: Show | None,
        authentication: Authentication,
        checks: PasswordChecks,
        write: Callable[[Sequence[Outcome]], None],
    ) -> None:
        super().__init__(door, callers, refresher, tally, show)
        self._authentication = authentication
        self._checks = checks
        self._write = write
        self._outcomes: list[Outcome] = []

    def handle(self, request: Request, key: Key) -> None:
        """Decide and answer; who is unknown is looked for once more, after a look at the database."""
        self._decide(request, key, may_wait=True)

    def rested(self) -> None:
        """Hand over what was decided."""
        if self._outcomes:
            outcomes, self._outcomes = self._outcomes, []
            self._write(outcomes)

    def _decide(self, request: Request, key: Key, *, may_wait: bool) -> None:
        outcome = self._authentication.decide(request, datetime.now(UTC))
        if isinstance(outcome, Unproved):
            self._prove(request, key, outcome, may_wait=may_wait)
            return
        decision = outcome.decision
        if may_wait and not isinstance(decision, Accept) and may_be_new(decision):
            again = partial(self._decide, request, key, may_wait=False)
            if self.later(request, again):
                return
        self._conclude(request, key, outcome)

    def _conclude(self, request: Request, key: Key, outcome: Outcome) -> None:
        decision = outcome.decision
        result, reason = ("accepted", "") if isinstance(decision, Accept) else ("refused", decision.reason.value)
        self.answer(request, key, self._authentication.reply(request, outcome), result)
        self._outcomes.append(outcome)
        self._tally.logins[outcome.method, result, reason, outcome.attempt.client.authority] += 1

    def _prove(self, request: Request, key: Key, unproved: Unproved, *, may_wait: bool) -> None:
        """Have the password hashed; nothing is said to the gateway until that is done."""
        told = partial(self._told, request, key, unproved, may_wait)
        try:
            retry_at = self._checks.begin(unproved, key, told)
        except Dropped:
            self.forget(key)
            raise
        if retry_at is not None:
            self._conclude(request, key, unproved.refused(Reason.TOO_MANY_TRIES, retry_at))

    def _told(self, request: Request, key: Key, unproved: Unproved, may_wait: bool, right: bool | None) -> None:
        self._resume(request.address, partial(self._settle, request, key, unproved, right, may_wait=may_wait))

    def _settle(
        self, request: Request, key: Key, unproved: Unproved, right: bool | None, *, may_wait: bool
    ) -> None:
        """Decide, now that the password is known to be right or wrong.

        Before somebody is refused, the database is asked whether they have another password by now; who has no
        account is kept waiting just as long.
        """
        if right is None:
            self.forget(key)
            raise Dropped(Drop.ERROR)
        desk = self._authentication.desk
        if may_wait and (not right or desk.is_outdated(unproved)):
            again = partial(self._look_again, request, key, unproved)
            if self.later(request, again):
                return
        self._conclude(request, key, desk.settle(unproved, right=right, now=datetime.now(UTC)))

    def _look_again(self, request: Request, key: Key, unproved: Unproved) -> None:
        if self._authentication.desk.is_outdated(unproved):
            self._decide(request, key, may_wait=False)
        else:
            self._settle(request, key, unproved, right=False, may_wait=False)
