from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from hotspots.database import Database
from hotspots.processes.child import Child, ChildSpec
from hotspots.processes.metrics_folder import VARIABLE
from tests.radius.running import eventually

PORTAL = [sys.executable, "-P", "-m", "hotspots", "portal"]


def _environment(folder: Path, secret_key: SecretStr, **more: str) -> dict[str, str]:
    own = {
        "HOTSPOTS_DATA_DIR": str(folder),
        "HOTSPOTS_SECRET_KEY": secret_key.get_secret_value(),
        "HOTSPOTS_CONFIG": "",
    }
    return os.environ | own | more


@contextmanager
def _notifications(folder: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(folder / "notify"))
        listener.settimeout(30)
        yield listener


def test_it_serves_on_a_passed_socket_and_ends_cleanly(
    tmp_path: Path, database: Database, secret_key: SecretStr
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as passed, _notifications(tmp_path) as notifications:
        address = f"http://127.0.0.1:{passed.getsockname()[1]}"
        child = Child.start(
            ChildSpec("portal", PORTAL, {"portal": passed}),
            _environment(tmp_path, secret_key, **{VARIABLE: str(tmp_path)}),
            tmp_path / "notify",
        )
        try:
            assert "READY=1" in notifications.recv(4096).decode()
            assert httpx.get(f"{address}/healthz", timeout=60).json() == {"status": "ok"}
            assert httpx.get(f"{address}/", timeout=60).status_code == 200
            eventually(lambda: said_by_the_living(tmp_path), within_seconds=60)
            child.ask_to_stop()
        except BaseException:
            child.kill()
            raise
        finally:
            ending = child.reap()
    assert ending == "ended with status 0"
    assert said_by_the_living(tmp_path) == []


def said_by_the_living(folder: Path) -> list[Path]:
    """Gauges that are true of a process while it lives: here, how long its commits last."""
    return list(folder.glob("gauge_livemax_*.db"))


def test_a_request_that_is_being_answered_is_finished(
    tmp_path: Path, database: Database, secret_key: SecretStr
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as passed, _notifications(tmp_path) as notifications:
        child = Child.start(
            ChildSpec("portal", PORTAL, {"portal": passed}),
            _environment(tmp_path, secret_key),
            tmp_path / "notify",
        )
        try:
            notifications.recv(4096)
            with socket.create_connection(passed.getsockname(), timeout=60) as slow:
                # The database is held, so that the answer waits while the portal is asked to stop.
                with database.engine.execution_options(write=True).begin() as holder:
                    if holder.dialect.name == "postgresql":
                        holder.exec_driver_sql("LOCK TABLE login_decisions")
                    slow.sendall(b"GET /uam HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    slow.settimeout(0.5)
                    with pytest.raises(TimeoutError):
                        slow.recv(1)
                    child.ask_to_stop()
                slow.settimeout(60)
                assert slow.recv(4096).startswith(b"HTTP/1.1 403")
        except BaseException:
            child.kill()
            raise
        finally:
            child.reap()


@pytest.mark.parametrize(
    ("count", "said"), [(400, b""), (16, b"GET / HTTP/1.1\r\nHost:")], ids=["that say nothing", "that stop halfway"]
)
def test_connections_do_not_hold_up_the_others(
    tmp_path: Path, sqlite_database: Database, secret_key: SecretStr, count: int, said: bytes
) -> None:
    with ExitStack() as stack:
        passed = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        notifications = stack.enter_context(_notifications(tmp_path))
        child = Child.start(
            ChildSpec("portal", PORTAL, {"portal": passed}),
            _environment(tmp_path, secret_key),
            tmp_path / "notify",
        )
        stack.callback(child.reap)
        stack.callback(child.kill)
        notifications.recv(4096)
        for _ in range(count):
            held = stack.enter_context(socket.create_connection(passed.getsockname()))
            held.sendall(said)
        # With a thread for each of them, and until it says more, this would take minutes, or for ever.
        address = f"http://127.0.0.1:{passed.getsockname()[1]}"
        assert httpx.get(f"{address}/healthz", timeout=60).status_code == 200


def test_a_taken_port_is_named(tmp_path: Path, secret_key: SecretStr) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environment = _environment(tmp_path, secret_key, HOTSPOTS_PORTAL_BIND=f"127.0.0.1:{port}")
        done = subprocess.run(PORTAL, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"TCP port {port} on 127.0.0.1 is taken" in done.stderr
    assert "HOTSPOTS_PORTAL_BIND" in done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_killed_it_leaves_no_worker_behind(tmp_path: Path, database: Database, secret_key: SecretStr) -> None:
    with socket.create_server(("127.0.0.1", 0)) as passed, _notifications(tmp_path) as notifications:
        child = Child.start(
            ChildSpec("portal", PORTAL, {"portal": passed}),
            _environment(tmp_path, secret_key),
            tmp_path / "notify",
        )
        try:
            notifications.recv(4096)
            httpx.get(f"http://127.0.0.1:{passed.getsockname()[1]}/healthz", timeout=60)
            os.kill(child.pid, signal.SIGKILL)
        except BaseException:
            child.kill()
            raise
        finally:
            assert child.reap() == "was killed by SIGKILL"
        # The socket outlives it: whoever takes over serves on it at once, and nobody else does.
        again = Child.start(
            ChildSpec("portal", PORTAL, {"portal": passed}),
            _environment(tmp_path, secret_key),
            tmp_path / "notify",
        )
        try:
            assert "READY=1" in notifications.recv(4096).decode()
            for _ in range(20):
                answer = httpx.get(f"http://127.0.0.1:{passed.getsockname()[1]}/healthz", timeout=60)
                assert answer.status_code == 200
            again.ask_to_stop()
        except BaseException:
            again.kill()
            raise
        finally:
            again.reap()
