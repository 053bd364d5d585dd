"""The queue of slow hashes: bounded, in turn for each access point, each password once.

What is slow here waits for a sign; the processes that really hash are in ``test_hashers``.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotspots.access_points.clients import Client, HiddenBytes, SignaturePolicy
from hotspots.logins.account_desk import Claim
from hotspots.logins.login import Attempt, Unproved
from hotspots.password_tries import EVERY, TRIES_AT_ONCE
from radius import password_checks
from radius.authentication import ClearPassword
from radius.drops import Drop, Dropped
from radius.hashers import Told
from radius.password_checks import PasswordChecks

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class SlowHasher:
    """Answers when the test says so, and dies over one password."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.alive = True

    def ask(self, password_hash: str, password: bytes, told: Told) -> None:  # noqa: ARG002 - as the real one
        def answer() -> None:
            self.alive = password != b"deadly"
            told(password == b"right" if self.alive else None)

        self.desk.asked.append(answer)

    def stop(self) -> None:
        self.alive = False


class Desk:
    """Passwords of one test, what was told of each, and what is being hashed."""

    def __init__(self, at_once: int = 1) -> None:
        self.checks = PasswordChecks(at_once, lambda: SlowHasher(self))
        self.asked: list[Callable[[], None]] = []
        self.told: list[tuple[str, bool | None]] = []
        self.requests = 0

    def begin(self, name: str, access_point: int = 1, password: bytes = b"right", **more: Any) -> datetime | None:
        claim = Claim(name, None, password, "hash", f"{name}:{password!r}".encode())
        attempt = Attempt(client(access_point), name, None, ClearPassword(password), more.get("now", NOW))
        self.requests += 1
        key = (access_point, str(more.get("request", self.requests)).encode())

        def told(right: bool | None) -> None:
            self.told.append((name, right))

        return self.checks.begin(Unproved(attempt, claim, (name, access_point)), key, told)

    def finish(self) -> list[tuple[str, bool | None]]:
        """Let everything be hashed that waits, and what comes after it."""
        while self.asked:
            self.asked.pop(0)()
        return self.told


def client(number: int) -> Client:
    network = ipaddress.ip_network(f"127.0.1.{number}/32")
    known = SignaturePolicy.REQUIRED, False, True, 3799, 1, "belzyce-urzad", "belzyce"
    return Client(number, "ap", "ap", (network,), "openwrt", "coovachilli", HiddenBytes(b"secret"), *known)


def test_each_access_point_has_its_turn() -> None:
    desk = Desk()
    for number in range(50):
        desk.begin(f"guess-{number}", access_point=1)
    desk.begin("anna", access_point=2)
    desk.begin("jan", access_point=3)
    names = [name for name, _ in desk.finish()]
    assert names[:4] == ["guess-0", "guess-1", "anna", "jan"], "the first one was under way already"
    assert len(names) == 52
    assert desk.checks.waiting == 0


def test_as_many_are_hashed_at_once_as_may_be() -> None:
    desk = Desk(at_once=3)
    for number in range(10):
        desk.begin(f"resident-{number}")
    assert len(desk.asked) == 3
    desk.asked.pop(1)()
    assert len(desk.asked) == 3
    assert len(desk.finish()) == 10


def test_a_password_is_hashed_once_for_all_who_wait_and_a_request_waits_once() -> None:
    desk = Desk()
    for _ in range(3):
        desk.begin("anna")
    for _ in range(3):
        desk.begin("anna", request="the same again")
    assert desk.checks.waiting == 1
    assert desk.finish() == [("anna", True)] * 4


def test_the_queue_is_bounded_for_one_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_checks, "MOST_WAITING", 10)
    monkeypatch.setattr(password_checks, "MOST_OF_ONE", 4)
    desk = Desk()
    for number in range(5):  # one of them is under way, four wait
        desk.begin(f"guess-{number}", access_point=1)
    for access_point, most in ((1, 0), (2, 4), (3, 1)):
        for number in range(most):
            desk.begin(f"resident-{access_point}-{number}", access_point)
        with pytest.raises(Dropped) as dropped:
            desk.begin("one too many", access_point)
        assert dropped.value.reason is Drop.OVERLOAD
    assert desk.begin("guess-0", 1) is None, "who waits for the same takes no room"
    assert len(desk.finish()) == 11
    assert desk.begin("now there is room", 1) is None


def test_wrong_passwords_are_counted_and_the_right_one_forgives_them() -> None:
    desk = Desk()
    for number in range(TRIES_AT_ONCE):
        assert desk.begin("anna", password=b"guess %d" % number) is None
    assert desk.begin("anna", password=b"guess") == NOW + EVERY
    assert desk.begin("anna", access_point=2, password=b"guess") is None
    assert desk.begin("jan", password=b"guess") is None
    assert len(desk.finish()) == TRIES_AT_ONCE + 2
    later = NOW + EVERY + timedelta(seconds=1)
    assert desk.begin("anna", now=later) is None
    assert desk.finish()[-1] == ("anna", True)
    for number in range(TRIES_AT_ONCE):
        assert desk.begin("anna", password=b"guess %d" % number, now=later) is None
    assert desk.begin("anna", password=b"guess", now=later) is not None


def test_what_dies_over_a_password_says_nothing_and_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    desk.begin("anna", password=b"deadly")
    desk.begin("jan")
    with caplog.at_level(logging.ERROR):
        assert desk.finish() == [("anna", None), ("jan", True)]
    assert "has died" in caplog.text
    assert "deadly" not in caplog.text


def test_who_waits_when_the_worker_stops_hears_nothing() -> None:
    desk = Desk()
    for number in range(5):
        desk.begin(f"resident-{number}")
    desk.checks.stop()
    assert len(desk.asked) == 1
    assert desk.told == []


def test_where_no_process_can_be_started_the_next_login_tries_again(caplog: pytest.LogCaptureFixture) -> None:
    desk, left = Desk(), [OSError("no room")]

    def start() -> SlowHasher:
        if left:
            raise left.pop()
        return SlowHasher(desk)

    desk.checks = PasswordChecks(1, start)
    desk.begin("anna")
    assert desk.finish() == []
    assert "cannot be started" in caplog.text
    desk.begin("jan")
    assert desk.finish() == [("anna", True), ("jan", True)]
