"""Looking up host names beside the loop: a resolver that hangs costs one thread and holds nobody up."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count

import pytest

from hotspots.access_points.sightings import Sighting
from hotspots.database import Database
from hotspots.logins.directory import Directory
from radius.host_names import HostNames
from tests.hotspots.places import add_network

NAME = "gw.belzyce.example.org"
OLD, NEW = "192.0.2.7", "192.0.2.8,2001:db8::8"


@pytest.fixture
def directory(sqlite_database: Database) -> Directory:
    with sqlite_database.write() as db:
        add_network(db, sqlite_database.vault).address = NAME
    directory = Directory(sqlite_database)
    directory.load(datetime.now(UTC))
    return directory


def known_at(directory: Directory, address: str) -> bool:
    return [client.host_name for client in directory.clients.at(address)] == [NAME]


def run(directory: Directory, look_up: Callable[[str], str], until: Callable[[], bool]) -> list[Sighting]:
    """What is told until then; the question is asked each time that the loop turns."""

    async def scenario() -> list[Sighting]:
        told: list[Sighting] = []

        def tell(of: Iterable[Sighting]) -> None:
            told.extend(of)

        names = HostNames(directory, tell, every_seconds=0.02, patience_seconds=0.05, look_up=look_up)
        deadline = time.monotonic() + 20
        while not until():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)
        await names.stop()
        return told

    return asyncio.run(scenario())


def test_a_new_address_is_taken_over_and_told_once(directory: Directory) -> None:
    asked: list[str] = []

    def look_up(name: str) -> str:
        asked.append(name)
        return OLD if len(asked) < 3 else NEW

    told = run(directory, look_up, lambda: len(asked) > 8)
    assert [sighting.addresses for sighting in told] == [OLD, NEW]
    assert known_at(directory, "192.0.2.8")
    assert known_at(directory, "2001:db8::8")
    assert not known_at(directory, OLD)


def test_a_resolver_that_hangs_is_asked_once_and_the_last_answer_stays(directory: Directory) -> None:
    release = threading.Event()
    asked: list[str] = []

    def look_up(name: str) -> str:
        asked.append(name)
        if len(asked) == 2:
            release.wait(30)
        return OLD if len(asked) <= 2 else NEW

    turns = count()

    def hung_for_fifty_turns() -> bool:
        return len(asked) == 2 and next(turns) >= 50

    run(directory, look_up, hung_for_fifty_turns)
    assert len(asked) == 2, "no second question while the first is open"
    assert known_at(directory, OLD)
    release.set()


def test_a_name_that_is_none_is_a_failure_and_no_more(directory: Directory) -> None:
    asked: list[str] = []

    def look_up(name: str) -> str:
        asked.append(name)
        raise OSError("label too long")

    told = run(directory, look_up, lambda: len(asked) > 3)
    assert told == []
    assert directory.clients.at(OLD) == ()
