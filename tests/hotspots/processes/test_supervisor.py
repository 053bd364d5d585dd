"""The supervisor, with real processes and real sockets."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hotspots.processes.supervisor import restart_pause_seconds

ROOT = Path(__file__).parents[3]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start_one(*manners: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.hotspots.small_run", *manners]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        started.append(process)
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def ask(port: int, question: str = "who", timeout: float = 20.0) -> tuple[int, int]:
    """The process id and the session id of the service behind the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(timeout)
        client.sendto(question.encode(), ("127.0.0.1", port))
        pid, session, echoed = client.recv(200).decode().split(" ")
    assert echoed == question
    return int(pid), int(session)


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_announces_itself_when_all_children_are_ready(start: Start) -> None:
    process = start("first", "second")

    ports = [int(port) for port in line(process).split()]

    assert len({ask(port)[0] for port in ports}) == 2


def test_a_packet_sent_while_the_killed_child_is_away_is_answered_by_the_next(
    start: Start,
) -> None:
    process = start("only")
    port = int(line(process))
    first, _ = ask(port)

    os.kill(first, signal.SIGKILL)
    assert is_gone(first)
    second, _ = ask(port, "kept")

    assert second != first
    assert line(process) == f"died {first}"


def test_the_others_serve_on_while_one_dies_again_and_again(start: Start) -> None:
    process = start("steady", "victim")
    steady_port, victim_port = (int(port) for port in line(process).split())
    steady, _ = ask(steady_port)

    for _ in range(3):
        victim, _ = ask(victim_port)
        os.kill(victim, signal.SIGKILL)
        assert is_gone(victim)  # or it takes the next question with it

    assert ask(steady_port)[0] == steady
    assert ask(victim_port)[0] != steady


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_cleanly(start: Start, number: signal.Signals) -> None:
    process = start("first", "second")
    children = [ask(int(port))[0] for port in line(process).split()]

    process.send_signal(number)

    assert line(process) == "stopped"
    assert process.wait(60) == 0
    assert all(is_gone(child) for child in children)


def test_ctrl_c_reaches_only_the_supervisor_because_each_child_has_its_own_session(start: Start) -> None:
    process = start("first", "second")
    answers = [ask(int(port)) for port in line(process).split()]

    assert all(session == pid for pid, session in answers)


def test_a_child_that_will_not_stop_is_killed(start: Start) -> None:
    process = start("stubborn")
    child, _ = ask(int(line(process)))

    process.terminate()

    assert line(process) == "stopped"
    assert is_gone(child)


def test_a_killed_supervisor_leaves_no_orphans(start: Start) -> None:
    process = start("first", "second")
    children = [ask(int(port))[0] for port in line(process).split()]

    process.kill()

    assert all(is_gone(child) for child in children)


def test_a_child_that_fails_before_it_is_ready_ends_the_start_and_stops_the_others(start: Start) -> None:
    process = start("steady", "fails")

    assert line(process).startswith("died ")
    assert line(process) == "fails ended with status 3 before it was ready"
    assert process.wait(60) == 1


@pytest.mark.parametrize(
    ("quick_deaths", "seconds"), [(0, 0), (1, 0), (2, 0), (3, 0.5), (4, 1), (6, 4), (9, 30), (90, 30)]
)
def test_pause_before_a_start_grows_only_when_deaths_follow_quickly(quick_deaths: int, seconds: float) -> None:
    assert restart_pause_seconds(quick_deaths) == seconds
