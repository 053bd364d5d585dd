"""The packets of simulated gateways, as their receiver would read them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import md5
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrad.packet import AcctPacket, AuthPacket

from monitoring.synthetic import packets
from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.packets import Chap, Figures, Pap
from tests.monitoring.synthetic.access_points import PHONE, an_access_point

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
octets = st.integers(0, 1 << 53)


def received(access_point: AccessPoint, request: AuthPacket) -> AuthPacket:
    raw = request.RequestPacket()
    assert raw[20] == 80
    packet = AuthPacket(secret=packets.secret_of(access_point), dict=packets.dictionary(), packet=raw)
    assert packet.verify_message_authenticator()
    return packet


def test_a_password_arrives_under_the_secret() -> None:
    point = an_access_point()
    packet = received(point, packets.access_request(point, PHONE, Pap("AAAA-BBBB-CCCC", b"AAAA-BBBB-CCCC")))

    assert packet.PwDecrypt(packet["User-Password"][0]) == "AAAA-BBBB-CCCC"
    assert packet["Service-Type"] == ["Login-User"]
    assert packet["Calling-Station-Id"] == ["02-11-22-33-44-55"]
    assert packet["Acct-Session-Id"] == [PHONE.session_id]


def test_a_chap_answer_arrives_with_its_challenge() -> None:
    point, challenge = an_access_point(), bytes(range(16))
    response = md5(b"\0" + b"Zet0ne-tOken" + challenge, usedforsecurity=False).digest()

    packet = received(point, packets.access_request(point, PHONE, Chap("t1abc", challenge, response)))

    assert packet.VerifyChapPasswd("Zet0ne-tOken")
    assert not packet.VerifyChapPasswd("another")


@pytest.mark.parametrize(
    ("gateway", "name", "service"),
    [
        ("coovachilli", "02-11-22-33-44-55", ["Framed-User"]),
        ("uspot", "02-11-22-33-44-55", ["Framed-User"]),
        ("mikrotik", "02:11:22:33:44:55", None),
        ("wispr", "02-11-22-33-44-55", ["Call-Check"]),
    ],
)
def test_each_make_asks_by_mac_in_its_own_way(gateway: str, name: str, service: list[str] | None) -> None:
    point = an_access_point(gateway)
    credentials = packets.mac_credentials(point, PHONE.mac)

    packet = received(point, packets.access_request(point, PHONE, credentials, by_mac=True))

    assert packet["User-Name"] == packet["Calling-Station-Id"] == [name]
    assert packet.PwDecrypt(packet["User-Password"][0]) == name
    assert packet.get("Service-Type") == service


@given(up=octets, down=octets, client_view=st.booleans(), gateway=st.sampled_from(["coovachilli", "mikrotik"]))
def test_octets_of_any_size_arrive_in_the_direction_of_the_gateway(
    up: int, down: int, client_view: bool, gateway: str
) -> None:
    point = an_access_point(gateway, client_view=client_view)
    request = packets.accounting_request(
        point, PHONE, "t1abc", "Stop", Figures(3600, up, down), classes=(b"c",), cause="Idle-Timeout", now=NOW
    )

    raw = request.RequestPacket()
    packet: Any = AcctPacket(secret=packets.secret_of(point), dict=packets.dictionary(), packet=raw)

    assert packet.VerifyAcctRequest()
    received_octets = packet["Acct-Input-Octets"][0] + (packet["Acct-Input-Gigawords"][0] << 32)
    sent_octets = packet["Acct-Output-Octets"][0] + (packet["Acct-Output-Gigawords"][0] << 32)
    assert (received_octets, sent_octets) == ((down, up) if client_view else (up, down))
    assert packet["Acct-Terminate-Cause"] == ["Idle-Timeout"]
    assert packet["Class"] == [b"c"]
    assert packet["Event-Timestamp"] == [int(NOW.timestamp())]


def test_a_start_counts_nothing() -> None:
    point = an_access_point()
    request = packets.accounting_request(point, PHONE, "t1abc", "Start", Figures(0, 0, 0), now=NOW)

    assert "Acct-Input-Octets" not in request
    assert "Acct-Session-Time" not in request


def test_secrets_do_not_show() -> None:
    assert "secret of the tests" not in repr(an_access_point())
    assert "greatsecret" not in repr(an_access_point())
