"""What is said to the supervisor."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotspots.processes import notify


@pytest.fixture(params=["path", "abstract"])
def supervisor(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    name = str(tmp_path / "notify") if request.param == "path" else f"\0hotspots-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(name)
        server.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        yield server


def test_ready_with_a_status(supervisor: socket.socket) -> None:
    notify.ready("answers on 1812\nand 1813")

    assert supervisor.recv(200) == b"READY=1\nSTATUS=answers on 1812 and 1813"


def test_status_alone(supervisor: socket.socket) -> None:
    notify.status("busy")

    assert supervisor.recv(200) == b"STATUS=busy"


def test_stopping(supervisor: socket.socket) -> None:
    notify.stopping()

    assert supervisor.recv(200) == b"STOPPING=1"


def test_a_supervisor_that_is_gone_is_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))

    notify.ready()

    assert "cannot be told READY=1" in caplog.text


def test_without_a_supervisor_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify.ready()

    assert caplog.text == ""
