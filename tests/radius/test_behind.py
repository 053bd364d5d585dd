"""More logins than the recorder writes: they wait for it, and none is forgotten; not for one that stands still."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from sqlalchemy import func, select

from hotspots.models import LoginDecision
from hotspots.recorder import link, process
from hotspots.recorder.store import Store, Written
from radius.numbers import Code
from radius.wire import parse
from tests.radius.gateway import Gateway, login
from tests.radius.running import House, Worker, eventually

AT_ONCE, TIMES = 50, 24


def written(house: House) -> int:
    with house.database.read() as db:
        return db.scalar(select(func.count(LoginDecision.id))) or 0


def test_logins_wait_for_a_recorder_that_is_slower(
    sqlite_house: House, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In memory is room for a third of them."""
    monkeypatch.setattr(link, "MOST_BEHIND", AT_ONCE)
    monkeypatch.setattr(link, "MOST_LOGINS", 8 * AT_ONCE)
    monkeypatch.setattr(link, "STANDS_STILL_SECONDS", 60.0)
    monkeypatch.setattr(process, "MOST_LOGINS_ALONE", 20)
    write = Store.write

    def slowly(store: Store, *what: Any, **more: Any) -> Written:
        time.sleep(0.02)
        return write(store, *what, **more)

    monkeypatch.setattr(Store, "write", slowly)
    code = sqlite_house.voucher()
    worker = Worker(sqlite_house)
    try:
        with caplog.at_level(logging.ERROR):
            for _ in range(TIMES):
                for identifier in range(AT_ONCE):
                    gateway.send(worker.auth_port, login(code, code, identifier=identifier))
                answers = [gateway.hear() for _ in range(AT_ONCE)]
                assert {parse(answer).code for answer in answers if answer} == {Code.ACCESS_ACCEPT}
                assert None not in answers
        assert eventually(lambda: written(sqlite_house) == AT_ONCE * TIMES)
        assert caplog.records == []
    finally:
        worker.stop()


def test_logins_go_on_without_a_recorder_that_stands_still(
    sqlite_house: House, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "MOST_BEHIND", 5)
    code = sqlite_house.voucher()
    worker = Worker(sqlite_house)
    try:
        with sqlite_house.database.write():  # nobody else can write on SQLite
            for identifier in range(AT_ONCE):
                answer = gateway.ask(worker.auth_port, login(code, code, identifier=identifier))
                assert answer.code == Code.ACCESS_ACCEPT
        assert eventually(lambda: written(sqlite_house) == AT_ONCE)
    finally:
        worker.stop()
