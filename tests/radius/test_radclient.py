"""FreeRADIUS' own client believes our replies: signatures, digests and attributes, over UDP on loopback."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hotspots.policy import Limits
from radius import chap
from radius.numbers import Code
from radius.replies import ENCODERS
from radius.shared_secret import SharedSecret
from radius.wire import AttributeValue, Packet, parse

SECRET = "a secret of at least thirty-two characters"
LIMITS = Limits(14_400, 1_200, 5_000_000, 10_000_000, 5 * 2**32 + 7, plan="od-2018")


@contextmanager
def answering(code: int, attributes: list[AttributeValue]) -> Iterator[tuple[int, list[Packet]]]:
    """A socket that answers one request with this code, and what it received."""
    received: list[Packet] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)

        def answer() -> None:
            datagram, peer = server.recvfrom(4096)
            received.append(parse(datagram))
            server.sendto(SharedSecret(SECRET.encode()).reply(received[0], code, attributes), peer)

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1], received
        thread.join()


def radclient(port: int, kind: str, lines: str) -> subprocess.CompletedProcess[str]:
    """Ask once; a missing radclient fails here with its name."""
    command = ["radclient", "-x", "-r", "1", "-t", "5", f"127.0.0.1:{port}", kind, SECRET]
    return subprocess.run(command, input=lines, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize(
    ("kind", "lines", "code", "words"),
    [
        ("auth", 'User-Name = "a"\nUser-Password = "b"', Code.ACCESS_ACCEPT, "Access-Accept"),
        ("auth", 'User-Name = "a"\nUser-Password = "b"', Code.ACCESS_REJECT, "Access-Reject"),
        ("acct", 'Acct-Status-Type = Start\nAcct-Session-Id = "1"', Code.ACCOUNTING_RESPONSE, "Accounting-Res"),
        ("status", "NAS-Port = 1", Code.ACCESS_ACCEPT, "Access-Accept"),
        ("disconnect", 'User-Name = "a"', Code.DISCONNECT_ACK, "Disconnect-ACK"),
    ],
)
def test_radclient_believes_the_reply(kind, lines, code, words):
    with answering(code, [(18, b"hello")]) as (port, _):
        asked = radclient(port, kind, f"{lines}\nMessage-Authenticator = 0x00\nProxy-State = 0x0102")

    assert f"Received {words}" in asked.stdout, asked.stdout + asked.stderr
    assert 'Reply-Message = "hello"' in asked.stdout
    assert "Proxy-State = 0x0102" in asked.stdout
    assert "invalid" not in (asked.stdout + asked.stderr).lower()


@pytest.mark.parametrize("kind", ["auth", "acct", "disconnect", "coa", "status"])
def test_what_radclient_signs_is_believed(kind):
    with answering(Code.ACCESS_REJECT, []) as (port, received):
        radclient(port, kind, 'User-Name = "a"\nMessage-Authenticator = 0x00')

    assert SharedSecret(SECRET.encode()).verify_signature(received[0])


def test_passwords_of_radclient_are_understood():
    with answering(Code.ACCESS_ACCEPT, []) as (port, received):
        radclient(port, "auth", 'User-Name = "a"\nUser-Password = "more than sixteen octets"')
    assert SharedSecret(SECRET.encode()).uncover_password(received[0]) == b"more than sixteen octets"

    with answering(Code.ACCESS_ACCEPT, []) as (port, received):
        radclient(port, "auth", 'User-Name = "a"\nCHAP-Password = "Zet0ne-tOken"')
    assert chap.matches(received[0], b"Zet0ne-tOken")


@pytest.mark.parametrize(
    ("gateway", "shown"),
    [
        (
            "coovachilli",
            [
                "ChilliSpot-Bandwidth-Max-Up = 5000",
                "ChilliSpot-Bandwidth-Max-Down = 10000",
                "ChilliSpot-Max-Total-Octets = 7",
            ],
        ),
        (
            "mikrotik",
            [
                'Mikrotik-Rate-Limit = "5M/10M"',
                'Mikrotik-Address-List = "plan-od-2018"',
                "Mikrotik-Total-Limit = 7",
                "Mikrotik-Total-Limit-Gigawords = 5",
            ],
        ),
        (
            "uspot",
            [
                "WISPr-Bandwidth-Max-Up = 5000000",
                "WISPr-Bandwidth-Max-Down = 10000000",
                "ChilliSpot-Max-Total-Octets = 4294967295",
            ],
        ),
        (
            "cambium",
            [
                "WISPr-Bandwidth-Max-Up = 5000000",
                "Cambium-Traffic-Quota-Limit-Total = 7",
                "Cambium-Traffic-Quota-Limit-Total-Gigwords = 5",
            ],
        ),
        (
            "cisco",
            [
                "Airespace-Data-Bandwidth-Average-Contract = 10000",
                "Airespace-Data-Bandwidth-Average-Contract-Upstream = 5000",
            ],
        ),
        ("wispr", ["WISPr-Bandwidth-Max-Up = 5000000", "WISPr-Bandwidth-Max-Down = 10000000"]),
    ],
)
def test_limits_are_read_by_their_names(gateway, shown):
    """FreeRADIUS still calls CoovaChilli's vendor ChilliSpot, and knows its numbers 1 to 9 only."""
    with answering(Code.ACCESS_ACCEPT, ENCODERS[gateway](LIMITS)) as (port, _):
        asked = radclient(port, "auth", 'User-Name = "a"\nUser-Password = "b"')

    common = ["Session-Timeout = 14400", "Idle-Timeout = 1200", "Acct-Interim-Interval = 300"]
    for line in (*common, *shown):
        assert line in asked.stdout
