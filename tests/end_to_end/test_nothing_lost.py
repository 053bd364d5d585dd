"""What was answered is in the database, whichever process is killed at whatever moment."""

from __future__ import annotations

import os
import random
import signal
import socket
import threading
import time
from hashlib import md5

import pytest
from pyrad.packet import AcctPacket

from radius.printing import dictionary
from tests.end_to_end.installation import Installation, eventually

SECRET = b"a shared secret of this test, long enough"
SESSIONS = 300


class Reporter:
    """One gateway that sends a Stop for each of its sessions, and asks again until it is answered."""

    def __init__(self, port: int, address: str) -> None:
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(0.3)
        self.answered: dict[str, tuple[int, int]] = {}

    def run(self) -> None:
        for number in range(SESSIONS):
            octets = (number * 1000 + 1, number * 7000 + 3)
            packet = AcctPacket(secret=SECRET, dict=dictionary())
            packet["Acct-Status-Type"] = "Stop"
            packet["Acct-Session-Id"] = str(number)
            packet["Acct-Session-Time"] = 60
            packet["User-Name"] = f"resident {number}"
            packet["Acct-Input-Octets"], packet["Acct-Output-Octets"] = octets
            packet.id = number % 256
            self._insist(packet)
            self.answered[str(number)] = octets

    def _insist(self, packet: AcctPacket) -> None:
        request = packet.RequestPacket()
        for _ in range(60):
            self._socket.sendto(request, ("127.0.0.1", self._port))
            try:
                reply = self._socket.recv(4096)
            except TimeoutError:
                continue
            # RFC 2866, section 3: code, identifier, length, the request's authenticator, attributes, secret.
            proof = md5(reply[:4] + request[4:20] + reply[20:] + SECRET, usedforsecurity=False).digest()
            if reply[1] == packet.id and reply[4:20] == proof:
                return
        raise AssertionError("never answered")


@pytest.mark.parametrize("victim", ["recorder", "radius", "portal", "exporter", "scheduler"])
def test_a_kill_loses_nothing_that_was_answered(installation: Installation, victim: str) -> None:
    # given gateways that report without pause
    installation.start()
    installation.wait_for("hotspots simulate")
    address = "127.0.78.1"
    installation.command(
        *("ap", "add", "reporter", "--hotspot", "belzyce-urzad", "--address", address),
        *("--make", "linux", "--gateway", "wispr", "--secret", SECRET.decode()),
    )
    reporter = Reporter(installation.ports["acct"], address)
    thread = threading.Thread(target=reporter.run)
    thread.start()

    # when one process is killed again and again, at moments that nobody chose
    moments = random.Random(victim)
    for _ in range(3):
        time.sleep(moments.uniform(0.05, 0.4))
        pid = installation.child(victim)
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda gone=pid: _back(installation, victim, gone), 2.0)  # type: ignore[misc]
    thread.join(60)
    assert len(reporter.answered) == SESSIONS

    # then each answered report is there, once, with its octets, in the sessions and in the hours
    rows = installation.command("session", "list")
    kept = {row["acct_session_id"]: (row["octets_up"], row["octets_down"]) for row in rows}
    assert kept == reporter.answered
    assert len(rows) == SESSIONS
    (hour_sum,) = [row for row in installation.command("usage", "--by", "hotspot") if row["octets_up"]]
    assert hour_sum["octets_up"] == sum(up for up, _ in reporter.answered.values())
    assert hour_sum["octets_down"] == sum(down for _, down in reporter.answered.values())
    assert hour_sum["sessions_started"] == SESSIONS


def _back(installation: Installation, name: str, gone: int) -> bool:
    try:
        return installation.child(name) != gone
    except KeyError:
        return False
