"""The spool: in order, whole, bounded, and honest about what a crash or a bad disk left of it."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.storage import spool
from hotspots.storage.spool import Spool, SpoolFullError, Waiting, look


def payloads(box: Spool) -> list[bytes]:
    return [record.payload for record in box.waiting()]


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.spool"))


def test_records_come_back_in_order_after_a_restart(tmp_path: Path) -> None:
    box = Spool(tmp_path)
    box.append([b"one", b"two"])
    box.close()
    again = Spool(tmp_path)
    again.append([b"three"])
    assert payloads(again) == [b"one", b"two", b"three"]
    assert not again.empty


def test_what_is_applied_is_forgotten_and_its_room_given_back(tmp_path: Path) -> None:
    box = Spool(tmp_path)
    box.append([b"one", b"two", b"three"])
    second = list(box.waiting())[1]
    box.forget(second.behind)
    assert payloads(box) == [b"three"]
    assert payloads(Spool(tmp_path, second.behind)) == [b"three"]
    box.forget_all()
    assert box.empty
    assert [path.stat().st_size for path in segments(tmp_path)] == [0]


def test_positions_never_come_again(tmp_path: Path) -> None:
    box = Spool(tmp_path)
    box.append([b"one"])
    (first,) = box.waiting()
    box.forget(first.behind)
    box.append([b"two"])
    (second,) = box.waiting()
    assert second.behind.segment > first.behind.segment
    box.close()
    restarted = Spool(tmp_path, second.behind)
    assert restarted.empty
    restarted.append([b"three"])
    (third,) = restarted.waiting()
    assert third.behind.segment > second.behind.segment


def test_a_restart_that_does_not_know_the_position_yet_gives_out_none_that_is_applied(tmp_path: Path) -> None:
    box = Spool(tmp_path)
    box.append([b"of the first outage"])
    (first,) = box.waiting()
    box.forget(first.behind)
    box.close()

    # The database, which knows the position, is away when the next one writes.
    again = Spool(tmp_path)
    again.append([b"of the second outage"])
    again.forget(first.behind)

    assert payloads(again) == [b"of the second outage"]


def test_the_age_is_that_of_the_oldest_record_however_much_follows_it(tmp_path: Path) -> None:
    now = 1_000.0
    box = Spool(tmp_path, clock=lambda: now)
    assert box.age_seconds() == 0.0
    for _ in range(3):
        box.append([b"a record"])
        now += 60
    assert box.age_seconds() == 180.0
    box.forget(next(box.waiting()).behind)
    assert box.age_seconds() == 120.0
    assert look(tmp_path, now + 1, next(box.waiting()).behind) == Waiting(box.octets // 2, 61.0)
    box.forget_all()
    assert box.age_seconds() == 0.0


def test_looking_at_a_spool_that_was_never_written_makes_nothing(tmp_path: Path) -> None:
    assert look(tmp_path / "none", 0.0) == Waiting()
    assert list(tmp_path.iterdir()) == []


def test_looking_bears_with_a_file_that_goes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Spool(tmp_path)
    box.append([b"one"])
    real, gone = spool._segments, iter([{1: tmp_path / "given back.spool"}])
    monkeypatch.setattr(spool, "_segments", lambda folder: next(gone, None) or real(folder))
    assert look(tmp_path, 0.0).octets == box.octets


def test_a_torn_last_record_is_cut_off(tmp_path: Path) -> None:
    box = Spool(tmp_path)
    box.append([b"whole", b"torn in the middle"])
    box.close()
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes()[:-5])
    again = Spool(tmp_path)
    again.append([b"later"])
    assert payloads(again) == [b"whole", b"later"]
    again.forget_all()
    assert [path.stat().st_size for path in segments(tmp_path)] == [0]


def test_a_damaged_record_is_set_aside_with_a_message_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    box = Spool(tmp_path)
    box.append([b"first", b"damaged", b"third"])
    box.close()
    (path,) = segments(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"damaged", b"DAMAGED"))
    with caplog.at_level(logging.ERROR):
        assert payloads(Spool(tmp_path)) == [b"first", b"third"]
    (aside,) = tmp_path.glob("*.damaged-*")
    assert b"DAMAGED" in aside.read_bytes()
    assert aside.name in caplog.text


def test_a_full_spool_takes_nothing(tmp_path: Path) -> None:
    box = Spool(tmp_path, most_octets=100)
    box.append([b"x" * 50])
    with pytest.raises(SpoolFullError):
        box.append([b"y" * 50])
    assert payloads(box) == [b"x" * 50]
    box.forget_all()
    box.append([b"y" * 50])
    assert payloads(box) == [b"y" * 50]


def test_what_a_full_disk_half_took_is_cut_off_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Spool(tmp_path)
    box.append([b"before"])
    real = os.write

    def short_then_full(descriptor: int, data: memoryview) -> int:
        if len(data) > 5:
            return real(descriptor, data[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(spool.os, "write", short_then_full)
    with pytest.raises(OSError, match="No space"):
        box.append([b""])
    monkeypatch.undo()
    box.append([b"after"])
    assert payloads(box) == [b"before", b"after"]


def test_many_records_fill_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SEGMENT_OCTETS", 100)
    box = Spool(tmp_path)
    for number in range(20):
        box.append([f"record {number}".encode()])
    assert len(segments(tmp_path)) > 3
    assert payloads(box) == [f"record {number}".encode() for number in range(20)]
    middle = list(box.waiting())[9].behind
    box.forget(middle)
    assert payloads(box) == [f"record {number}".encode() for number in range(10, 20)]


KILLED = """
import sys
from pathlib import Path
from hotspots.storage.spool import Spool
box = Spool(Path(sys.argv[1]))
for number in range(100_000):
    box.append([str(number).encode()])
    print(number, flush=True)
"""


def test_what_was_said_to_be_on_disk_is_there_after_a_kill(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 200:
            break
    process.send_signal(signal.SIGKILL)
    said = 200 + len(process.stdout.read().splitlines())
    process.wait()
    kept = [int(payload) for payload in payloads(Spool(tmp_path))]
    assert kept == list(range(len(kept)))
    assert len(kept) > said - 1
