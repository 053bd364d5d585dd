"""Carries out Disconnects and changes of limits (CoA) that were asked for, and writes down what came of them.

The Stop is the proof of a Disconnect. A change is known to our accounting, too, so that a gateway which only said that
it made it is told to end the session where its new limits do.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from hotspots.database import Database
from hotspots.sessions import disconnect_orders
from hotspots.sessions.accounting import SessionState
from hotspots.sessions.disconnect_orders import Order, Result, State
from hotspots.sessions.ledger import Ledger
from hotspots.sessions.limit_changes import RATES
from hotspots.sessions.reconsidering import Reconsidering, Regrant
from radius import metrics
from radius.callers import Caller
from radius.coa_client import Answer
from radius.dialects import DIALECTS, STANDARD, Dialect, names
from radius.numbers import Code
from radius.refreshing import Refresher
from radius.shared_secret import SharedSecret
from radius.wire import AttributeValue

EVERY_SECONDS: Final = 0.25
MOST_AT_ONCE: Final = 200
UNREACHABLE_AFTER: Final = timedelta(minutes=6)
"""An access point behind a subnet is known only once it has called, and it calls at least each five minutes."""

YIELD_FOR: Final = timedelta(seconds=5)
"""So long an order is left to those who may have a better way to the access point."""

_LOG_EVERY_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Reach(Protocol):
    """Knows which access points can be asked, and where."""

    def reach(self, access_point_id: int) -> tuple[Caller, str] | None:
        """The access point and where to send to, None while it cannot be reached from here."""
        ...


class Asker(Protocol):
    """Asks gateways by RFC 5176, as :class:`radius.coa_client.CoaClient` does over UDP."""

    async def ask(
        self,
        host: str,
        port: int,
        secret: SharedSecret,
        code: Code,
        values: Sequence[AttributeValue],
        *,
        sign: bool = True,
    ) -> Answer:
        """What the gateway there answers."""
        ...

    def close(self) -> None:
        """Ask nobody any more."""
        ...


class Disconnecting:
    """Looks for orders four times a second, and at once after :meth:`wake`.

    ``yields`` says of which access points the orders are left to others at first.
    """

    def __init__(
        self,
        database: Database,
        reach: Reach,
        ledger: Ledger,
        executor: Executor,
        asker: Asker,
        reconsidering: Reconsidering,
        refresher: Refresher,
        yields: Callable[[int], bool] = lambda _: False,
    ) -> None:
        self._database = database
        self._yields = yields
        self._reach = reach
        self._ledger = ledger
        self._executor = executor
        self._asker = asker
        self._reconsidering = reconsidering
        self._refresher = refresher
        self._under_way: set[asyncio.Task[None]] = set()
        self._wanted = asyncio.Event()
        self._logged_at = float("-inf")
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="disconnecting")

    def wake(self) -> None:
        """There is an order: do not wait for the next look."""
        self._wanted.set()

    async def stop(self) -> None:
        """Take no more orders and drop those under way: they are free for others when their lease is over."""
        tasks = [self._task, *self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._asker.close()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                # Not wait_for: up to Python 3.11 it may swallow a cancellation (cpython#86296).
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._begin_all()
            except Exception:
                if self._loop.time() - self._logged_at >= _LOG_EVERY_SECONDS:
                    self._logged_at = self._loop.time()
                    _log.exception("disconnects cannot be taken from the database")

    async def _begin_all(self) -> None:
        free = MOST_AT_ONCE - len(self._under_way)
        orders = await self._loop.run_in_executor(self._executor, self._waiting, free)
        now = datetime.now(UTC)
        ready = [order for order in orders if self._is_ready(order, now)]
        if not ready:
            return
        for order in await self._loop.run_in_executor(self._executor, self._take, ready):
            task = self._loop.create_task(self._carry_out(order))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def _is_ready(self, order: Order, now: datetime) -> bool:
        waited = now - order.asked_at
        if waited > UNREACHABLE_AFTER:
            return True
        if waited < YIELD_FOR and self._yields(order.access_point_id):
            return False
        return self._reach.reach(order.access_point_id) is not None

    async def _carry_out(self, order: Order) -> None:
        try:
            result = await self._send(order)
            counted = metrics.LIMIT_CHANGES if order.is_change else metrics.DISCONNECTS
            counted.labels(result.state.value).inc()
            changed = await self._loop.run_in_executor(self._executor, self._settle, order, result)
        except Exception:
            _log.exception("disconnect %d could not be carried out; it is tried again", order.id)
            return
        if changed is not None and changed.subject is not None:
            self._ledger.put(changed.subject, changed.stay())

    async def _send(self, order: Order) -> Result:
        reach = self._reach.reach(order.access_point_id)
        if reach is None:
            _log.warning("disconnect %d is given up: it is not known where its access point is", order.id)
            return Result(State.TIMED_OUT, 0)
        caller, host = reach
        dialect = DIALECTS.get(caller.client.gateway, STANDARD)
        values = names(dialect, order, datetime.now(UTC))
        if values is None:
            _log.warning("disconnect %d is given up: the gateway wants a name and accounting told none", order.id)
            return Result(State.TIMED_OUT, 0)
        code, granted = Code.DISCONNECT_REQUEST, None
        if order.is_change:
            granted = await self._reconsider(order, caller, dialect)
            if granted is None or dialect.change is None:
                return Result(State.REPLACED, 0)
            code = Code.COA_REQUEST
            values += dialect.change(granted.limits)
        port = caller.client.coa_port
        answer = await self._asker.ask(host, port, caller.secret, code, values, sign=dialect.signed)
        return _result(order, caller, answer, granted)

    async def _reconsider(self, order: Order, caller: Caller, dialect: Dialect) -> Regrant | None:
        """The limits that the session is to have; None where it has to end, or its gateway cannot change them."""
        if dialect.change is None or (order.cause == RATES and not dialect.changes_rates):
            return None
        await self._refresher.refreshed()  # what was changed may not have been read yet
        session = await self._loop.run_in_executor(self._executor, self._session, order)
        granted = None if session is None else self._reconsidering.of(session, caller.client, datetime.now(UTC))
        if granted is None or session is None or (granted.plan_id != session.plan_id and not dialect.changes_plan):
            return None
        return granted

    def _session(self, order: Order) -> SessionState | None:
        with self._database.read() as db:
            return disconnect_orders.session_of(db, order)

    def _waiting(self, most: int) -> list[Order]:
        with self._database.read() as db:
            return disconnect_orders.waiting(db, datetime.now(UTC), most)

    def _take(self, orders: list[Order]) -> list[Order]:
        with self._database.write() as db:
            return disconnect_orders.take(db, orders, datetime.now(UTC))

    def _settle(self, order: Order, result: Result) -> SessionState | None:
        with self._database.write() as db:
            return disconnect_orders.settle(db, order, result, datetime.now(UTC))


def _result(order: Order, caller: Caller, answer: Answer, granted: Regrant | None) -> Result:
    states: dict[Code | None, State] = {
        None: State.TIMED_OUT,
        **dict.fromkeys((Code.DISCONNECT_ACK, Code.COA_ACK), State.ACKED),
        **dict.fromkeys((Code.DISCONNECT_NAK, Code.COA_NAK), State.NACKED),
    }
    result = Result(states[answer.code], answer.attempts, answer.error_cause, answer.round_trip_ms, granted)
    if result.state is not State.ACKED:
        why = f"Error-Cause {answer.error_cause}" if answer.error_cause else "no reason given"
        said = "gives no answer" if result.state is State.TIMED_OUT else f"refuses, {why}"
        _log.warning("%s %d: access point %s %s", order.kind, order.id, caller.client.name, said)
    return result
