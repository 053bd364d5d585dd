"""A worker's end: nobody is told that a report is kept before it is, and a recorder that comes back is given all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hotspots.database import Database
from hotspots.recorder import process
from hotspots.recorder.link import Link
from hotspots.sessions.accounting import Report
from tests.hotspots.recorder.records import NOBODY, report, written
from tests.radius.running import RecorderThread


@dataclass(frozen=True)
class Request:
    report: Report


@dataclass
class Worker:
    """What became of its requests."""

    kept: list[Request] = field(default_factory=list)
    refused: list[Request] = field(default_factory=list)
    reconnected: int = 0

    def link(self, path: Path) -> Link[Request]:
        return Link(path, kept=self.kept.extend, refused=self.refused.extend, reconnected=self._count)

    def _count(self) -> None:
        self.reconnected += 1

    async def settled(self, many: int) -> None:
        async with asyncio.timeout(20):
            while len(self.kept) + len(self.refused) < many:
                await asyncio.sleep(0.01)


def run(work: Callable[[Worker], Awaitable[None]]) -> Worker:
    worker = Worker()

    async def main() -> None:
        await work(worker)

    asyncio.run(main())
    return worker


def test_what_was_handed_over_while_the_recorder_was_away_is_kept_when_it_is_back(
    places: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "FAREWELL_SECONDS", 0.2)
    requests = [Request(report(number)) for number in range(1, 301)]
    first = RecorderThread(places, tmp_path)

    async def work(worker: Worker) -> None:
        link = worker.link(first.path)
        link.write(requests[:100])
        await worker.settled(100)
        await asyncio.to_thread(first.stop)
        link.write(requests[100:])  # three messages at the most a hundred records long
        await asyncio.sleep(0.2)
        assert len(worker.kept) == 100
        second = await asyncio.to_thread(RecorderThread, places, tmp_path)
        await worker.settled(300)
        await link.close()
        await asyncio.to_thread(second.stop)

    worker = run(work)

    assert sorted(each.report.octets_up for each in worker.kept) == list(range(1, 301))
    assert worker.reconnected >= 2, "it may have been told to look for what other nodes wrote, too"
    assert len(written(places).octets) == 300


def test_only_whose_report_was_refused_stays_without_an_answer(places: Database, tmp_path: Path) -> None:
    recorder = RecorderThread(places, tmp_path)
    requests = [Request(report(1)), Request(report(77, NOBODY)), Request(report(2))]

    async def work(worker: Worker) -> None:
        link = worker.link(recorder.path)
        link.write(requests)
        await worker.settled(3)
        await link.close()

    worker = run(work)
    recorder.stop()

    assert [each.report.octets_up for each in worker.kept] == [1, 2]
    assert [each.report.octets_up for each in worker.refused] == [77]
