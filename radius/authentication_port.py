"""The authentication port: each login is decided and answered at once, and written down after that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from hotspots.login import Outcome
from hotspots.policy import Accept
from radius.authentication import Authentication, may_be_new
from radius.callers import Callers
from radius.door import Door
from radius.duplicates import Key
from radius.metrics import Tally
from radius.numbers import Code
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
        write: Callable[[Sequence[Outcome]], None],
    ) -> None:
        super().__init__(door, callers, refresher, tally, show)
        self._authentication = authentication
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
        decision = outcome.decision
        if isinstance(decision, Accept):
            result, reason = "accepted", None
        else:
            again = partial(self._decide, request, key, may_wait=False)
            if may_wait and may_be_new(decision) and self.later(request, again):
                return
            result, reason = "refused", decision.reason
        self.answer(request, key, self._authentication.reply(request, outcome), result)
        self._outcomes.append(outcome)
        self._tally.logins[outcome.method, result, reason or "", outcome.attempt.client.authority] += 1
