"""Floods: who asks much more often than people do is turned away before anything is looked up for them.

A whole library stands behind one address. So what proves that it comes from a gateway of ours (a signed visit, or a
signed redirect, that the page took for good) is not held against its address, only against repeating that very same
proof. All else is: pages that anybody may open, and everything that turned out wrong. While that is more than the
portal does easily, each address has a small part of what it has at other times. The counts are of this process alone;
what they protect is its own processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from flask import Flask, render_template
from flask_babel import gettext

from captive_portal import security
from captive_portal.languages import DEFAULT, LANGUAGES, PARAMETER
from captive_portal.limits import address_of, network_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ADDRESS_BURST: Final = 240.0
ADDRESS_PER_SECOND: Final = 0.5
ALL_BURST: Final = 30.0
ALL_PER_SECOND: Final = 15.0
UNDER_PRESSURE: Final = 3.0
"""What is left of an address' burst while all addresses together ask for more than the above."""
PROOF_BURST: Final = 60.0
PROOF_PER_SECOND: Final = 1.0
_MOST_KEYS: Final = 50_000
_PROOFS: Final = ("visit", "md")
"""The parameters that have something signed in them: our own, and CoovaChilli's."""
_CHEAP: Final = {"/static/": 0.1, "/residents-": 0.1, "/healthz": 0.0}
_TOO_MANY: Final = 429
_SECONDS_TO_WAIT: Final = 30


class Buckets:
    """One token bucket for each key, full at first. Keys that are full again are forgotten."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, amount: float, *, most: float | None = None) -> bool:
        """Take this much for the key; False, and nothing taken, where there is not enough.

        ``most`` is how much may be missing afterwards, where that is less than all.
        """
        with self._lock:
            now = self._clock()
            left = self._now(key, now)
            if left - amount < (0 if most is None else self._burst - most):
                return False
            if len(self._left) >= _MOST_KEYS and key not in self._left:
                self._forget(now)
            self._left[key] = left - amount, now
            return True

    def give_back(self, key: str, amount: float) -> None:
        """Undo a taking."""
        with self._lock:
            now = self._clock()
            self._left[key] = min(self._burst, self._now(key, now) + amount), now

    def __len__(self) -> int:
        return len(self._left)

    def _now(self, key: str, now: float) -> float:
        left, at = self._left.get(key, (self._burst, now))
        return min(self._burst, left + (now - at) * self._per_second)

    def _forget(self, now: float) -> None:
        self._left = {key: left for key, left in self._left.items() if self._now(key, now) < self._burst}
        if len(self._left) >= _MOST_KEYS:
            # More attackers than there is memory for: all begin anew, rather than that everybody is turned away.
            self._left.clear()


class Guard:
    """Stands before the application, so that to turn somebody away costs next to nothing."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._served = app.wsgi_app
        self._addresses = Buckets(ADDRESS_BURST, ADDRESS_PER_SECOND)
        self._proofs = Buckets(PROOF_BURST, PROOF_PER_SECOND)
        self._everybody = Buckets(ALL_BURST, ALL_PER_SECOND)
        self._pages: dict[str, tuple[list[tuple[str, str]], bytes]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve the request, or turn it away."""
        peer, forwarded = environ.get("REMOTE_ADDR"), environ.get("HTTP_X_FORWARDED_FOR", "")
        address = network_of(address_of(peer or "unknown", forwarded))
        query = parse_qs(environ.get("QUERY_STRING", ""))
        proof = next((query[name][0] for name in _PROOFS if name in query), None)
        cost = _cost(environ.get("PATH_INFO", ""))
        # What is posted has its proof in the form, which is not read here.
        may_prove = proof is not None or environ["REQUEST_METHOD"] == "POST"
        if not self._may(address, proof, cost, may_prove=may_prove):
            return self._turn_away(query, environ, start_response)
        if not may_prove:
            return self._served(environ, start_response)

        def started(status: str, *others: Any) -> Callable[[bytes], object]:
            if status < "4":
                self._addresses.give_back(address, cost)
            return start_response(status, *others)

        return self._served(environ, started)

    def _may(self, address: str, proof: str | None, cost: float, *, may_prove: bool) -> bool:
        if proof is not None and not self._proofs.take(proof, cost):
            return False
        under_pressure = not may_prove and cost >= 1 and not self._everybody.take("", cost)
        return self._addresses.take(address, cost, most=UNDER_PRESSURE if under_pressure else None)

    def _turn_away(
        self, query: dict[str, list[str]], environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        asked = [*query.get(PARAMETER, ()), *environ.get("HTTP_ACCEPT_LANGUAGE", "").lower().split(",")]
        code = next((tag[:2] for each in asked if (tag := each.strip())[:2] in LANGUAGES), DEFAULT)
        if code not in self._pages:
            self._pages[code] = self._page(code)
        headers, body = self._pages[code]
        start_response(f"{_TOO_MANY} TOO MANY REQUESTS", headers)
        return [body]

    def _page(self, code: str) -> tuple[list[tuple[str, str]], bytes]:
        """The page of too many attempts with all its headers, made once for each language."""
        with self._app.test_request_context("/", query_string={PARAMETER: code}):
            heading, advice = gettext("Too many attempts"), gettext("Wait a minute, then try once more.")
            page = render_template("error.html", heading=heading, advice=advice, carried={}, other_languages={})
            response = self._app.make_response((page, _TOO_MANY, {"Retry-After": str(_SECONDS_TO_WAIT)}))
            security.add_headers(response)
            return list(response.headers), response.get_data()


def install(app: Flask) -> None:
    """Put a guard before this application."""
    app.wsgi_app = Guard(app)  # type: ignore[method-assign] # as Flask's documentation has it for middlewares


def _cost(path: str) -> float:
    return next((cost for start, cost in _CHEAP.items() if path.startswith(start)), 1.0)
