"""The copy in memory while the database answers, fails, or says nothing at all."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
import uvloop

from hotspots.logins.directory import Directory
from hotspots.logins.news import Mark, News
from radius import refreshing
from radius.refreshing import Refresher


class Copy(Directory):
    """A directory whose database does as the test says."""

    def __init__(self, read: Callable[[], None]) -> None:
        self.read = read
        self.readings = 0
        self.taken_in: set[int] = set()

    def read_news(self, _now: datetime) -> News:
        self.readings += 1
        self.read()
        return News(Mark())

    def take(self, _news: News) -> None:
        self.taken_in.add(threading.get_ident())

    def forget_expired_tickets(self, _now: object) -> None:
        pass


def play(read: Callable[[], None], scene: Callable[[Refresher, Copy], Coroutine[Any, Any, None]]) -> Copy:
    copy = Copy(read)

    async def main() -> None:
        refresher = Refresher(copy, executor)
        await scene(refresher, copy)
        await asyncio.wait_for(refresher.stop(), 60)

    with ThreadPoolExecutor(1) as executor:
        uvloop.run(main())
    return copy


async def waited_seconds(refresher: Refresher) -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    done = asyncio.Event()
    assert refresher.soon(done.set)
    await done.wait()
    return loop.time() - began


def test_it_reads_elsewhere_and_takes_over_in_the_loop() -> None:
    read_in: set[int] = set()

    async def scene(refresher: Refresher, _copy: Copy) -> None:
        await waited_seconds(refresher)

    copy = play(lambda: read_in.add(threading.get_ident()), scene)
    assert copy.taken_in == {threading.get_ident()}
    assert not read_in & copy.taken_in


def test_however_many_ask_the_database_is_asked_no_more_than_twenty_times_a_second() -> None:
    async def scene(refresher: Refresher, _copy: Copy) -> None:
        until = asyncio.get_running_loop().time() + 0.5
        while asyncio.get_running_loop().time() < until:
            await asyncio.gather(*(waited_seconds(refresher) for _ in range(50)))

    assert 2 <= play(lambda: None, scene).readings <= 12


def test_who_waits_goes_on_without_a_database_that_says_nothing() -> None:
    released = threading.Event()

    async def scene(refresher: Refresher, _copy: Copy) -> None:
        try:
            first, second = await asyncio.gather(waited_seconds(refresher), waited_seconds(refresher))
            late = await waited_seconds(refresher)
            assert all(0.4 < seconds < 8 for seconds in (first, second, late))
            assert refresher.age_seconds >= 0.8
        finally:
            released.set()

    play(lambda: assert_not_none(released.wait(10)), scene)


def test_who_must_not_go_on_without_it_waits_until_the_database_is_back() -> None:
    fails = [True]

    def read() -> None:
        if fails[0]:
            raise ConnectionError("the database is away")

    async def scene(refresher: Refresher, copy: Copy) -> None:
        patient = asyncio.ensure_future(refresher.refreshed())
        while copy.readings < 3:
            await waited_seconds(refresher)
        assert not patient.done()
        fails[0] = False
        async with asyncio.timeout(60):
            await patient

    play(read, scene)


def test_a_database_that_fails_is_logged_once_and_nobody_waits_for_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "PATIENCE_SECONDS", 60.0)

    def read() -> None:
        raise ConnectionError("the database is away")

    async def scene(refresher: Refresher, copy: Copy) -> None:
        while copy.readings < 5:
            assert await waited_seconds(refresher) < 30

    with caplog.at_level(logging.WARNING):
        play(read, scene)
    assert len(caplog.records) == 1
    assert "the database is away" in caplog.text


def test_only_so_many_may_wait() -> None:
    released = threading.Event()

    async def scene(refresher: Refresher, copy: Copy) -> None:
        refresher.soon(lambda: None)
        while not copy.readings:
            await asyncio.sleep(0.01)
        gone_on: list[int] = []
        taken = [refresher.soon(lambda n=n: gone_on.append(n)) for n in range(refreshing.MOST_WAITING + 10)]  # type: ignore[misc] # its own n
        assert taken.count(True) == refreshing.MOST_WAITING
        released.set()
        while len(gone_on) < refreshing.MOST_WAITING:
            await asyncio.sleep(0.01)

    play(lambda: assert_not_none(released.wait(10)), scene)


def assert_not_none(answer: bool) -> None:
    assert answer
