"""Disconnects, as each make of gateway takes them."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from pyrad.packet import CoAPacket, CoARequest, DisconnectACK, DisconnectNAK, DisconnectRequest

from monitoring.synthetic.disconnect import DisconnectListener, Open, Verdict, judge
from monitoring.synthetic.packets import dictionary, secret_of
from monitoring.synthetic.tally import Tally
from tests.monitoring.synthetic.access_points import PHONE, an_access_point

SESSION = PHONE.session_id
SESSIONS = {SESSION: Open("t1abc", PHONE)}
FULL = {"User-Name": "t1abc", "Acct-Session-Id": SESSION, "Framed-IP-Address": PHONE.address}
STATION = PHONE.mac.upper().replace(":", "-")
ENDED = Verdict(DisconnectACK, session_id=SESSION)


def a_request(attributes: dict[str, Any], *, signed: bool = False, code: int = DisconnectRequest) -> CoAPacket:
    point = an_access_point()
    packet = CoAPacket(code=code, secret=secret_of(point), dict=dictionary(), id=7)
    if signed:
        packet.add_message_authenticator()
    for name, value in attributes.items():
        packet[name] = value
    return packet


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in FULL.items() if key != name}


@pytest.mark.parametrize(
    ("gateway", "attributes", "signed", "verdict"),
    [
        ("coovachilli", FULL, True, ENDED),
        ("coovachilli", without("User-Name"), True, Verdict(None)),
        ("coovachilli", FULL | {"Acct-Session-Id": "another"}, True, Verdict(DisconnectNAK)),
        ("coovachilli", FULL | {"User-Name": "another"}, True, Verdict(DisconnectNAK)),
        ("uspot", without("User-Name"), False, ENDED),
        ("uspot", FULL, True, Verdict(DisconnectNAK)),
        ("mikrotik", FULL, True, ENDED),
        ("mikrotik", without("Framed-IP-Address"), True, Verdict(DisconnectNAK, 402)),
        ("mikrotik", FULL | {"Acct-Session-Id": "another"}, True, Verdict(DisconnectNAK, 503)),
        ("wispr", without("Framed-IP-Address"), True, ENDED),
        ("cambium", {"User-Name": "t1abc", "Calling-Station-Id": STATION}, True, ENDED),
        (
            "cambium",
            {"User-Name": "t1abc", "Calling-Station-Id": "02-00-00-00-00-99"},
            True,
            Verdict(DisconnectNAK, 503),
        ),
        ("cisco", {"Acct-Session-Id": SESSION, "Calling-Station-Id": STATION}, True, ENDED),
        ("cisco", {"Acct-Session-Id": "another", "Calling-Station-Id": STATION}, True, Verdict(DisconnectNAK, 503)),
    ],
)
def test_each_make_has_its_own_demands(
    gateway: str, attributes: dict[str, str], signed: bool, verdict: Verdict
) -> None:
    request = a_request(attributes, signed=signed)
    request.RequestPacket()

    assert judge(gateway, request, SESSIONS) == verdict


def heard(*datagrams: bytes) -> tuple[list[bytes | None], list[str], Tally]:
    """What a CoovaChilli answers to each datagram, whom it cuts, and what it finds strange."""

    async def run() -> tuple[list[bytes | None], list[str], Tally]:
        cut: list[str] = []
        tally = Tally()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        listener = DisconnectListener(an_access_point(coa_port=port), SESSIONS, cut.append, tally)
        await listener.open()
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.connect(("127.0.0.1", port))
            answers = [await _answer(loop, sender, datagram) for datagram in datagrams]
        listener.close()
        return answers, cut, tally

    return asyncio.run(run())


async def _answer(loop: asyncio.AbstractEventLoop, sender: socket.socket, datagram: bytes) -> bytes | None:
    await loop.sock_sendall(sender, datagram)
    try:
        return await asyncio.wait_for(loop.sock_recv(sender, 4096), 0.3)
    except TimeoutError:
        return None


def test_a_disconnect_is_obeyed_once_and_answered_each_time() -> None:
    request = a_request(FULL, signed=True)
    octets = request.RequestPacket()

    answers, cut, tally = heard(octets, octets)

    assert cut == [SESSION]
    assert answers[0] == answers[1]
    assert answers[0] is not None
    reply = request.CreateReply(packet=answers[0])
    assert request.VerifyReply(reply, answers[0])
    assert reply.code == DisconnectACK
    assert (tally.disconnected, tally.clean) == (1, True)


@pytest.mark.parametrize(
    ("octets", "complaint"),
    [
        (a_request(without("User-Name"), signed=True).RequestPacket(), "without the User-Name"),
        (a_request(FULL, code=CoARequest).RequestPacket(), "code 43"),
        (b"\x28\x07\x00\x14" + bytes(16), "does not prove itself"),
        (a_request(FULL, signed=True).RequestPacket()[:-1], "cannot be read"),
    ],
)
def test_what_a_gateway_would_not_understand_is_silence_and_told(octets: bytes, complaint: str) -> None:
    answers, cut, tally = heard(octets)

    assert (answers, cut) == ([None], [])
    assert any(complaint in what for what in tally.unexpected)


def test_a_session_that_is_gone_is_no_surprise() -> None:
    answers, cut, tally = heard(a_request(FULL | {"Acct-Session-Id": "gone"}, signed=True).RequestPacket())

    assert answers[0] is not None
    assert answers[0][0] == DisconnectNAK
    assert (cut, tally.clean) == ([], True)
