"""What waited in the spool comes into the database: in order, once, and without what is at fault itself."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from hotspots.bulk import is_away
from hotspots.database import Database
from hotspots.recorder import backlog as module
from hotspots.recorder.backlog import Backlog, spool_name
from hotspots.recorder.messages import Batch, encode
from hotspots.recorder.store import Store
from tests.hotspots.recorder.records import NOBODY, login, message, once, report, written

ALL = 1_000_000


def apply_all(backlog: Backlog, store: Store) -> None:
    while not backlog.empty:
        backlog.apply(store, ALL)


def damage(folder: Path, found: bytes, left: bytes) -> None:
    (path,) = folder.glob("*.spool")
    octets = path.read_bytes()
    assert found in octets
    path.write_bytes(octets.replace(found, left))


def test_what_waits_is_applied_in_parts_and_its_room_given_back(
    places: Database, store: Store, backlog: Backlog
) -> None:
    backlog.append([message(number) for number in range(1, 11)])
    waiting = backlog.octets

    backlog.apply(store, 60)  # three batches

    assert written(places) == once(range(1, 4))
    assert 0 < backlog.octets < waiting
    apply_all(backlog, store)
    assert written(places) == once(range(1, 11))
    assert backlog.age_seconds() == 0


def test_a_second_outage_after_a_restart_loses_nothing(places: Database, store: Store, folder: Path) -> None:
    for number in (1, 2, 3):
        backlog = Backlog(folder)  # as each start of a recorder makes it
        backlog.append([message(number)])
        apply_all(backlog, store)

    assert written(places) == once(range(1, 4))


def test_a_torn_tail_is_cut_off_and_the_spool_is_empty_then(places: Database, store: Store, folder: Path) -> None:
    backlog = Backlog(folder)
    backlog.append([message(1), message(2), message(3)])
    (path,) = folder.glob("*.spool")
    path.write_bytes(path.read_bytes()[:-1])

    backlog = Backlog(folder)
    backlog.append([message(4)])
    apply_all(backlog, store)

    assert set(written(places).octets) == {"session 1", "session 2", "session 4"}
    assert backlog.empty


def test_a_damaged_record_is_set_aside_with_a_message_and_the_rest_applied(
    places: Database, store: Store, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    backlog = Backlog(folder)
    backlog.append([message(1), message(2), message(3)])
    damage(folder, b"session 2", b"SESSION 2")

    apply_all(Backlog(folder), store)

    assert set(written(places).octets) == {"session 1", "session 3"}
    (aside,) = folder.glob("*.damaged-*")
    assert b"SESSION 2" in aside.read_bytes()
    assert aside.name in caplog.text


def test_what_no_worker_of_this_version_says_is_set_aside(places: Database, store: Store, backlog: Backlog) -> None:
    backlog.append([message(1), msgspec.msgpack.encode(["something", "else"]), message(2)])

    apply_all(backlog, store)

    assert written(places) == once(range(1, 3))


def test_a_record_that_the_database_refuses_keeps_no_other_out(
    places: Database, store: Store, backlog: Backlog, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    of_nobody = Batch(2, [report(2), report(77, NOBODY), report(3)], [login(), login(NOBODY), login()])
    backlog.append([message(1), encode(of_nobody), message(4)])

    apply_all(backlog, store)

    assert written(places) == once(range(1, 5))
    (aside,) = folder.glob("refused-*.msgpack")
    octets = aside.read_bytes()
    assert b"session 77" in octets
    assert b"session 2" not in octets
    assert caplog.text.count("a record that cannot be written is set aside") == 2


def test_what_fails_because_of_the_database_waits_for_it_whole(
    places: Database, store: Store, backlog: Backlog, folder: Path
) -> None:
    backlog.append([message(1), encode(Batch(2, [report(77, NOBODY)], [])), message(2)])
    with places.engine.begin() as connection:
        connection.execute(text("ALTER TABLE usage_hours RENAME TO elsewhere"))

    with pytest.raises(Exception, match="usage_hours") as failure:
        backlog.apply(store, ALL)

    assert is_away(failure.value)
    assert written_sessions(places) == 0
    assert list(folder.glob("refused-*")) == []
    with places.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO usage_hours"))
    apply_all(backlog, store)
    assert written(places) == once(range(1, 3))


def written_sessions(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM sessions")) or 0)


def test_nothing_is_passed_over_where_the_disk_has_no_room_to_set_something_aside(
    places: Database, store: Store, backlog: Backlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog.append([message(1), encode(Batch(2, [report(77, NOBODY)], [])), message(2)])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_keep", full)
        for _ in range(2):
            with pytest.raises(OSError, match="No space"):
                backlog.apply(store, ALL)
    apply_all(backlog, store)

    assert set(written(places).octets) == {"session 1", "session 2"}


def test_half_a_name_is_no_name(folder: Path) -> None:
    folder.mkdir()
    (folder / "name.new").write_text("half")

    name = spool_name(folder)

    assert len(name) == 32
    assert spool_name(folder) == name


APPLY = """
import sys
from pathlib import Path
from sqlalchemy.engine import make_url
from hotspots.database import Database
from hotspots.recorder.backlog import Backlog, spool_name
from hotspots.recorder.store import Store
from hotspots.vault import Vault

folder = Path(sys.argv[2])
store = Store(Database(make_url(sys.argv[1]), Vault(bytes(32))), spool_name(folder))
backlog = Backlog(folder)
while not backlog.empty:
    print("a part", flush=True)
    backlog.apply(store, 40)
"""


def test_a_process_that_dies_again_and_again_in_the_middle_applies_each_record_once(
    places: Database, backlog: Backlog, folder: Path
) -> None:
    numbers = range(1, 401)
    for start in range(1, 401, 50):
        backlog.append([message(number) for number in range(start, start + 50)])
    spool_name(folder)
    url = places.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", APPLY, url, str(folder)]

    # Killed at one moment or another of its third, sixth, ... part; the parts are of two batches each.
    for parts in (3, 6, 9):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(parts):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert 0 < len(written(places).octets) < len(numbers)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    assert written(places) == once(numbers)
