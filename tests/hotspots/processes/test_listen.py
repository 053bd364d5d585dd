"""Sockets: bound here, refused clearly, or passed in."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hotspots.errors import PortTakenError
from hotspots.processes import listen

ROOT = Path(__file__).parents[3]


def test_udp_receives_with_a_large_buffer() -> None:
    with listen.udp("x", "127.0.0.1", 0, setting="none") as server:
        assert server.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) > 212992 // 2
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"hello", server.getsockname())
        assert server.recv(10) == b"hello"


def test_tcp_listens_on_ipv6() -> None:
    with (
        listen.tcp("x", "::1", 0, setting="none") as server,
        socket.create_connection(server.getsockname()[:2], timeout=30) as client,
    ):
        accepted, sender = server.accept()
        accepted.close()
        assert sender == client.getsockname()


def test_workers_share_a_port_and_each_has_its_socket() -> None:
    first, second = listen.udp_group("127.0.0.1", 0, 2, setting="none")
    with first, second:
        assert first.getsockname() == second.getsockname()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_taken_udp_port_is_named_with_its_setting(workers: int) -> None:
    holders = listen.udp_group("127.0.0.1", 0, workers, setting="none")
    port = holders[0].getsockname()[1]
    running = Path(Path("/proc/self/cmdline").read_text().split("\0")[0]).name

    with pytest.raises(PortTakenError) as caught:
        listen.udp_group("127.0.0.1", port, workers, setting="HOTSPOTS_RADIUS_AUTH_PORT")

    assert str(caught.value) == (
        f"UDP port {port} on 127.0.0.1 is taken by {running} (process {os.getpid()}). "
        "Stop that program or change HOTSPOTS_RADIUS_AUTH_PORT"
    )
    assert caught.value.exit_code == 2
    for holder in holders:
        holder.close()


def test_a_taken_tcp_port_is_named_with_its_setting() -> None:
    with listen.tcp("x", "127.0.0.1", 0, setting="none") as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"TCP port {port} on 0.0.0.0 is taken.*HOTSPOTS_PORTAL_BIND"):
            listen.tcp("x", "0.0.0.0", port, setting="HOTSPOTS_PORTAL_BIND")


_LEFT_OVER = """
import os, socket, sys, time
parent = os.getpid()
if os.fork():
    os._exit(0)
while os.getppid() == parent:
    time.sleep(0.01)
holder = socket.create_server(("127.0.0.1", 0))
print(holder.getsockname()[1], flush=True)
time.sleep(float(sys.argv[-1]))
"""


def test_a_port_is_waited_for_while_what_is_left_of_a_killed_run_holds_it(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    program = tmp_path / "hotspots"
    program.write_text(_LEFT_OVER)
    with subprocess.Popen([sys.executable, str(program), "1"], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        port = int(started.stdout.readline())

        listen.tcp("x", "127.0.0.1", port, setting="none").close()

    (line,) = caplog.messages
    assert line.startswith(f"port {port} is held by process ")


def test_what_is_left_of_a_killed_run_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(listen, "LEFT_OVER_SECONDS", 0.2)
    program = tmp_path / "hotspots"
    program.write_text(_LEFT_OVER)
    with subprocess.Popen([sys.executable, str(program), "60"], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        port = int(started.stdout.readline())

        with pytest.raises(PortTakenError, match=r"is taken by hotspots \(process \d+\)") as caught:
            listen.tcp("x", "127.0.0.1", port, setting="none")
        pid = re.search(r"process (\d+)", str(caught.value))
        assert pid is not None
        os.kill(int(pid[1]), signal.SIGKILL)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortTakenError, match=r"192\.0\.2\.1 is no address of this machine"):
        listen.udp("x", "192.0.2.1", 0, setting="HOTSPOTS_RADIUS_BIND")


def with_passed_sockets(program: str, names: str, *sockets: socket.socket) -> str:
    """What a program prints that gets these sockets the way systemd passes them."""
    arrange = (
        "import os, sys; os.environ['LISTEN_PID'] = str(os.getpid());"
        f"[os.dup2(int(fd), 3 + i) for i, fd in enumerate(sys.argv[1:])];{program}"
    )
    # Away from 3 and 4, where they are to be put.
    copies = [os.dup(each.fileno()) for each in sockets]
    environment = os.environ | {"LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": names}
    result = subprocess.run(
        [sys.executable, "-c", arrange, *map(str, copies)],
        cwd=ROOT, env=environment, pass_fds=copies, capture_output=True, text=True, check=False,
    )  # fmt: skip
    for copy in copies:
        os.close(copy)
    return result.stdout + result.stderr


def test_passed_sockets_are_found_by_name() -> None:
    with (
        listen.udp("x", "127.0.0.1", 0, setting="none") as auth,
        listen.tcp("x", "127.0.0.1", 0, setting="none") as portal,
    ):
        printed = with_passed_sockets(
            "from hotspots.processes import listen;"
            "print(listen.tcp('portal', '127.0.0.1', 1, setting='x').getsockname()[1],"
            "listen.udp('radius-auth', '127.0.0.1', 1, setting='x').getsockname()[1])",
            "radius-auth:portal",
            auth,
            portal,
        )

        assert printed.split() == [str(portal.getsockname()[1]), str(auth.getsockname()[1])]


def test_a_passed_socket_of_the_wrong_kind_is_refused() -> None:
    with listen.udp("x", "127.0.0.1", 0, setting="none") as auth:
        printed = with_passed_sockets(
            "from hotspots.processes import listen; listen.tcp('portal', '127.0.0.1', 1, setting='x')",
            "portal",
            auth,
        )

    assert "the socket passed in as portal is no SOCK_STREAM" in printed


def test_sockets_passed_to_another_process_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_FDNAMES", "mine")

    with listen.udp("mine", "127.0.0.1", 0, setting="none") as bound:
        assert bound.getsockname()[0] == "127.0.0.1"
