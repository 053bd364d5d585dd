"""Processes that hash passwords: they answer, stand back, and end with the worker that started them."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
import uvloop
from pydantic import SecretStr

from hotspots import passwords
from radius.hashers import HasherProcess
from tests.radius.running import eventually

PASSWORD = "zażółć gęślą jaźń"

T = TypeVar("T")


def with_hasher(test: Callable[[HasherProcess], Awaitable[T]]) -> T:
    async def run() -> T:
        hasher = HasherProcess()
        try:
            async with asyncio.timeout(60):
                return await test(hasher)
        finally:
            hasher.stop()

    return uvloop.run(run())


async def ask(hasher: HasherProcess, password_hash: str, password: bytes) -> bool | None:
    answered: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
    hasher.ask(password_hash, password, answered.set_result)
    return await answered


def test_the_right_password_is_right_and_all_others_are_wrong() -> None:
    password_hash = passwords.hashed(SecretStr(PASSWORD))
    asked = [
        PASSWORD.encode(),
        b"guessed",
        b"",
        b"\0",
        PASSWORD.encode() + b"\0",
        b"x" * 4096,
        b"\xff\xfe",
        PASSWORD.encode(),
    ]

    async def test(hasher: HasherProcess) -> list[bool | None]:
        return [await ask(hasher, password_hash, password) for password in asked]

    assert with_hasher(test) == [True, *[False] * 6, True]


def test_what_is_no_hash_fits_nothing() -> None:
    async def test(hasher: HasherProcess) -> list[bool | None]:
        return [await ask(hasher, text, b"guessed") for text in ("", "no hash", "$argon2id$v=19$m=1,t=1,p=1$AA$AA")]

    assert with_hasher(test)[:2] == [False, False]


def test_where_there_is_no_memory_nothing_is_said_of_the_password() -> None:
    huge = "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    password_hash = passwords.hashed(SecretStr(PASSWORD))

    async def test(hasher: HasherProcess) -> list[bool | None]:
        return [await ask(hasher, each, PASSWORD.encode()) for each in (huge, password_hash)]

    assert with_hasher(test) == [None, True]


def test_it_stands_back_for_all_others() -> None:
    async def test(hasher: HasherProcess) -> None:
        await ask(hasher, passwords.nobodys_hash(), b"guessed")
        assert os.getpriority(os.PRIO_PROCESS, hasher.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
        assert os.getsid(hasher.pid) == hasher.pid
        group = Path(f"/proc/{hasher.pid}/autogroup")
        if group.exists():
            assert group.read_text().endswith("nice 10\n")

    with_hasher(test)


@pytest.mark.parametrize("when", ["idle", "asked"])
def test_one_that_is_killed_is_noticed(when: str) -> None:
    async def test(hasher: HasherProcess) -> None:
        await ask(hasher, passwords.nobodys_hash(), b"guessed")
        if when == "asked":
            os.kill(hasher.pid, signal.SIGSTOP)
            answered: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
            hasher.ask(passwords.nobodys_hash(), b"guessed", answered.set_result)
            os.kill(hasher.pid, signal.SIGKILL)
            assert await answered is None
        else:
            os.kill(hasher.pid, signal.SIGKILL)
            while hasher.alive:
                await asyncio.sleep(0.01)
        assert not hasher.alive

    with_hasher(test)


def test_it_ends_with_the_worker_even_one_that_is_killed() -> None:
    code = (
        "import asyncio, time; from radius.hashers import HasherProcess\n"
        "async def run():\n    print(HasherProcess().pid, flush=True); time.sleep(600)\n"
        "asyncio.run(run())"
    )
    with subprocess.Popen([sys.executable, "-P", "-c", code], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        hasher = int(worker.stdout.readline())
        assert Path(f"/proc/{hasher}").exists()
        worker.kill()
    eventually(lambda: not _runs(hasher), 30)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # nobody may be there to reap it
