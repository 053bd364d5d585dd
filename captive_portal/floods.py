"""Floods: who asks much more often than people do is turned away before anything is looked up for them.

A whole library stands behind one address. So what proves that it comes from a gateway of ours (a signed visit, or a
signed redirect, that the page took for good) is not held against its address, only against repeating that very same
proof. All else is: pages that anybody may open, and everything that turned out wrong. The counts are of this process
alone; what they protect is its own processor.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext

from captive_portal.languages import language
from captive_portal.limits import remote_network

ADDRESS_BURST: Final = 240.0
ADDRESS_PER_SECOND: Final = 4.0
PROOF_BURST: Final = 60.0
PROOF_PER_SECOND: Final = 1.0
_MOST_KEYS: Final = 50_000
_PROOFS: Final = ("visit", "md")
"""The parameters that have something signed in them: our own, and CoovaChilli's."""
_CHEAP: Final = {"static": 0.1, "residents_style": 0.1, "health.healthz": 0.0}
_SECONDS_TO_WAIT: Final = 30


class Buckets:
    """One token bucket for each key, full at first. Keys that are full again are forgotten."""

    def __init__(self, burst: float, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._per_second, self._clock = burst, per_second, clock
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str, amount: float) -> bool:
        """Take this much for the key; False, and nothing taken, where there is not enough."""
        with self._lock:
            now = self._clock()
            left = self._now(key, now)
            if left < amount:
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


def install(app: Flask) -> None:
    """Watch over this application; before all else that is done for a request."""
    addresses, proofs = Buckets(ADDRESS_BURST, ADDRESS_PER_SECOND), Buckets(PROOF_BURST, PROOF_PER_SECOND)
    pages: dict[str, str] = {}

    def hold_back() -> Response | None:
        address, proof = remote_network(), _proof()
        cost = _CHEAP.get(request.endpoint or "", 1.0)
        if proof is not None and not proofs.take(proof, cost):
            return _turned_away(pages)
        if not addresses.take(address, cost):
            return _turned_away(pages)
        g.held_against = None if proof is None else (address, cost)
        return None

    def take_for_good(response: Response) -> Response:
        held = g.get("held_against")
        if held is not None and response.status_code < 400:
            addresses.give_back(*held)
        return response

    app.before_request(hold_back)
    app.after_request(take_for_good)


def _proof() -> str | None:
    # Not those in forms: what is posted is limited by its device, and a form is long to read.
    return next((value for name in _PROOFS if (value := request.args.get(name))), None)


def _turned_away(pages: dict[str, str]) -> Response:
    """The page of too many attempts, made once for each language: it has to cost next to nothing."""
    page = pages.get(language())
    if page is None:
        heading, advice = gettext("Too many attempts"), gettext("Wait a minute, then try once more.")
        page = render_template("error.html", heading=heading, advice=advice, carried={}, other_languages={})
        pages[language()] = page
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(_SECONDS_TO_WAIT)
    return response
