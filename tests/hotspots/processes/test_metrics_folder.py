"""The folder of the counters: in memory, empty at the start, gone at the end, and never somebody else's."""

from __future__ import annotations

from pathlib import Path

from hotspots.processes.metrics_folder import metrics_folder


def test_it_is_in_memory_and_gone_at_the_end(tmp_path: Path) -> None:
    with metrics_folder(tmp_path) as folder:
        assert folder.is_relative_to("/dev/shm")
        (folder / "counter_1.db").touch()
    assert not folder.exists()


def test_what_a_killed_supervisor_left_is_cleared_away_by_the_next(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    with metrics_folder(tmp_path, memory) as folder:
        (folder / "counter_1.db").touch()
        with metrics_folder(tmp_path, memory) as again:
            assert again == folder
            assert list(again.iterdir()) == []
        again.mkdir()


def test_each_data_folder_has_its_own(tmp_path: Path) -> None:
    with metrics_folder(tmp_path / "one") as one, metrics_folder(tmp_path / "two") as two:
        assert one != two


def test_what_somebody_else_put_there_is_left_alone(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    with metrics_folder(tmp_path, memory) as folder:
        name = folder.name
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a file").touch()
    (memory / name).symlink_to(elsewhere)

    with metrics_folder(tmp_path, memory) as folder:
        assert folder == tmp_path / "metrics"
    assert (elsewhere / "a file").exists()


def test_without_such_memory_it_is_within_the_data_folder(tmp_path: Path) -> None:
    with metrics_folder(tmp_path, tmp_path / "none") as folder:
        assert folder == tmp_path / "metrics"
