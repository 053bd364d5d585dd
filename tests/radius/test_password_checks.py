"""The queue of slow hashes: bounded, in turn for each access point, each password once.

What is slow here waits for a sign.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotspots.account_desk import Claim
from hotspots.clients import Client, HiddenBytes
from hotspots.login import Attempt, Unproved
from hotspots.password_tries import EVERY, TRIES_AT_ONCE
from radius import password_checks
from radius.authentication import ClearPassword
from radius.drops import Drop, Dropped
from radius.password_checks import PasswordChecks

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class SlowClaim(Claim, frozen=True):
    """Takes until it is told to go on, and then says what its password says."""

    go_on: threading.Event

    def check(self) -> bool:
        assert self.go_on.wait(30)
        if self.password == b"no memory":
            raise MemoryError
        return self.password == b"right"


class Desk:
    """Claims of one test, what was told of each, and the sign for all of them."""

    def __init__(self, threads: int = 1) -> None:
        self.go_on = threading.Event()
        self.checks = PasswordChecks(threads)
        self.told: list[tuple[str, bool | None]] = []
        self.requests = 0

    def begin(self, name: str, access_point: int = 1, password: bytes = b"right", **more: Any) -> datetime | None:
        digest = f"{name}:{password!r}".encode()
        claim = SlowClaim(name, None, password, "hash", digest, self.go_on)
        attempt = Attempt(client(access_point), name, None, ClearPassword(password), more.get("now", NOW))
        self.requests += 1
        key = (("127.0.0.1", more.get("request", self.requests)), b"")

        def told(right: bool | None) -> None:
            self.told.append((name, right))

        return self.checks.begin(Unproved(attempt, claim, (name, access_point)), key, told)

    async def finish(self, count: int) -> list[tuple[str, bool | None]]:
        self.go_on.set()
        async with asyncio.timeout(30):
            while len(self.told) < count:
                await asyncio.sleep(0.001)
        return self.told


def client(number: int) -> Client:
    network = ipaddress.ip_network(f"127.0.1.{number}/32")
    known = True, False, True, 3799, 1, "belzyce-urzad", "belzyce"
    return Client(number, "ap", "ap", network, "openwrt", "coovachilli", HiddenBytes(b"secret"), *known)


def run(test: Any, threads: int = 1) -> None:
    async def with_a_desk() -> None:
        desk = Desk(threads)
        try:
            await test(desk)
        finally:
            desk.go_on.set()
            desk.checks.stop()

    asyncio.run(with_a_desk())


def test_each_access_point_has_its_turn() -> None:
    async def test(desk: Desk) -> None:
        for number in range(50):
            desk.begin(f"guess-{number}", access_point=1)
        desk.begin("anna", access_point=2)
        desk.begin("jan", access_point=3)
        names = [name for name, _ in await desk.finish(52)]
        # The first one was under way already.
        assert names[:4] == ["guess-0", "guess-1", "anna", "jan"]
        assert desk.checks.waiting == 0

    run(test)


def test_a_password_is_hashed_once_for_all_who_wait_and_a_request_waits_once() -> None:
    async def test(desk: Desk) -> None:
        for _ in range(3):
            desk.begin("anna")
        for _ in range(3):
            desk.begin("anna", request="the same again")
        assert desk.checks.waiting == 1
        assert await desk.finish(4) == [("anna", True)] * 4
        await asyncio.sleep(0.05)
        assert len(desk.told) == 4

    run(test)


def test_the_queue_is_bounded_for_one_and_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_checks, "MOST_WAITING", 10)
    monkeypatch.setattr(password_checks, "MOST_OF_ONE", 4)

    async def test(desk: Desk) -> None:
        for number in range(5):  # one of them is under way, four wait
            desk.begin(f"guess-{number}", access_point=1)
        for access_point, most in ((1, 0), (2, 4), (3, 1)):
            for number in range(most):
                desk.begin(f"resident-{access_point}-{number}", access_point)
            with pytest.raises(Dropped) as dropped:
                desk.begin("one too many", access_point)
            assert dropped.value.reason is Drop.OVERLOAD
        assert desk.begin("guess-0", 1) is None, "who waits for the same takes no room"
        assert len(await desk.finish(11)) == 11
        assert desk.begin("now there is room", 1) is None

    run(test)


def test_wrong_passwords_are_counted_and_the_right_one_forgives_them() -> None:
    async def test(desk: Desk) -> None:
        for number in range(TRIES_AT_ONCE):
            assert desk.begin("anna", password=b"guess %d" % number) is None
        assert desk.begin("anna", password=b"guess") == NOW + EVERY
        assert desk.begin("anna", access_point=2, password=b"guess") is None
        assert desk.begin("jan", password=b"guess") is None
        await desk.finish(TRIES_AT_ONCE + 2)
        later = NOW + EVERY + timedelta(seconds=1)
        assert desk.begin("anna", now=later) is None
        assert ("anna", True) in await desk.finish(TRIES_AT_ONCE + 3)
        for number in range(TRIES_AT_ONCE):
            assert desk.begin("anna", password=b"guess %d" % number, now=later) is None
        assert desk.begin("anna", password=b"guess", now=later) is not None

    run(test)


def test_what_cannot_be_found_out_is_neither_right_nor_wrong(caplog: pytest.LogCaptureFixture) -> None:
    async def test(desk: Desk) -> None:
        desk.begin("anna", password=b"no memory")
        desk.begin("jan")
        assert await desk.finish(2) == [("anna", None), ("jan", True)]

    with caplog.at_level(logging.ERROR):
        run(test)
    assert "a password could not be hashed" in caplog.text
    assert "no memory" not in caplog.text


def test_as_many_are_hashed_at_once_as_there_are_threads_and_they_stand_back() -> None:
    nice: list[int] = []

    async def test(desk: Desk) -> None:
        for number in range(6):
            desk.begin(f"resident-{number}")
        async with asyncio.timeout(30):
            while len(hashing()) < 3:
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert len(hashing()) == 3
        nice.extend(niceness(thread) for thread in [*hashing(), threading.current_thread()])
        assert len(await desk.finish(6)) == 6

    run(test, threads=3)
    *theirs, ours = nice
    assert theirs == [min(19, ours + 10)] * 3


def hashing() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("passwords")]


def niceness(thread: threading.Thread) -> int:
    assert thread.native_id is not None
    return os.getpriority(os.PRIO_PROCESS, thread.native_id)


def test_who_waits_when_the_worker_stops_hears_nothing() -> None:
    async def test(desk: Desk) -> None:
        for number in range(5):
            desk.begin(f"resident-{number}")
        desk.checks.stop()
        desk.go_on.set()
        await asyncio.sleep(0.1)
        assert desk.told == []

    run(test)
