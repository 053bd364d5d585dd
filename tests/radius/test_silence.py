"""What must not be answered: met with silence, counted by its reason, logged sparingly; the worker goes on."""

from __future__ import annotations

import hashlib
import logging
import re
from pathlib import Path

import pytest

from radius.numbers import Code
from tests.radius.gateway import Gateway, access_request, login, report, status_server
from tests.radius.running import ADDRESS, House, Worker, eventually
from tests.radius.test_packets import sections

PACKETS = Path(__file__).parent / "packets"
OTHER_SECRET = b"another secret"


def is_dropped(worker: Worker, gateway: Gateway, datagram: bytes, reason: str, kind: str = "auth") -> None:
    """Silence, and one more under this reason."""
    before = worker.counted("radius_drops_total", kind=kind, reason=reason)
    port = worker.auth_port if kind == "auth" else worker.acct_port
    gateway.send(port, datagram)
    eventually(lambda: worker.counted("radius_drops_total", kind=kind, reason=reason) == before + 1)
    assert gateway.hear(0.02) is None


def chap(password: str) -> bytes:
    return b"\1" + hashlib.md5(b"\1" + password.encode() + b"challenge", usedforsecurity=False).digest()


def is_alive(worker: Worker, gateway: Gateway) -> bool:
    answer = gateway.ask(worker.auth_port, login("nobody", "nothing", identifier=200))
    return answer.code == Code.ACCESS_REJECT


def test_a_stranger_gets_no_answer_on_either_port(worker: Worker) -> None:
    before = {
        kind: worker.counted("radius_drops_total", kind=kind, reason="unknown_client") for kind in ("auth", "acct")
    }
    with Gateway("127.0.9.9") as stranger:
        assert stranger.is_met_with_silence(worker.auth_port, login("a", "b"))
        assert stranger.is_met_with_silence(worker.acct_port, report(1))
    for kind, count in before.items():
        eventually(
            lambda k=kind, c=count: worker.counted("radius_drops_total", kind=k, reason="unknown_client") == c + 1
        )


def test_a_wrong_signature_gets_no_answer(worker: Worker, gateway: Gateway) -> None:
    is_dropped(worker, gateway, login("a", "b", secret=OTHER_SECRET), "bad_message_authenticator")
    is_dropped(worker, gateway, status_server(secret=OTHER_SECRET), "bad_message_authenticator")
    is_dropped(worker, gateway, status_server(secret=OTHER_SECRET), "bad_message_authenticator", "acct")
    is_dropped(worker, gateway, report(1, secret=OTHER_SECRET), "bad_accounting_authenticator", "acct")
    # Its digest is right, and the signature that it need not have is not.
    is_dropped(worker, gateway, report(1, "s1", (80, bytes(16))), "bad_message_authenticator", "acct")


def test_an_unsigned_request_is_dropped_where_the_access_point_must_sign(worker: Worker, gateway: Gateway) -> None:
    is_dropped(worker, gateway, login("a", "b", signed=False), "missing_message_authenticator")
    is_dropped(worker, gateway, status_server(signed=False), "missing_message_authenticator")


def test_an_unsigned_request_is_answered_where_it_need_not_but_never_one_of_a_proxy(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    house.set_access_point(message_authenticator="optional")
    worker.catch_up()
    assert gateway.ask(worker.auth_port, login("a", "b", signed=False)).code == Code.ACCESS_REJECT
    is_dropped(worker, gateway, access_request((1, b"a"), (33, b"p"), signed=False), "proxy_state_unsigned")
    is_dropped(worker, gateway, login("a", "b", secret=OTHER_SECRET), "bad_message_authenticator")
    is_dropped(worker, gateway, status_server(signed=False), "missing_message_authenticator")


def test_packets_for_the_other_port_and_of_other_kinds_get_no_answer(worker: Worker, gateway: Gateway) -> None:
    is_dropped(worker, gateway, report(1), "wrong_code")
    is_dropped(worker, gateway, login("a", "b"), "wrong_code", "acct")
    disconnect = bytes((40,)) + report(1)[1:]
    is_dropped(worker, gateway, disconnect, "wrong_code")


def test_passwords_of_impossible_length_and_eap_get_no_answer(worker: Worker, gateway: Gateway) -> None:
    is_dropped(worker, gateway, access_request((1, b"a"), (2, b"short")), "value_length")
    is_dropped(worker, gateway, access_request((1, b"a"), (2, bytes(144))), "value_length")
    is_dropped(worker, gateway, access_request((1, b"a"), (79, b"\2\1\0\5\1")), "eap_unsupported")


def test_a_chap_answer_of_impossible_length_gets_no_answer(house: House, worker: Worker, gateway: Gateway) -> None:
    code = house.voucher().encode()
    worker.catch_up()
    is_dropped(worker, gateway, access_request((1, code), (3, b"short")), "value_length")


@pytest.mark.parametrize("file", sorted(PACKETS.glob("malformed_*.txt")), ids=lambda file: file.stem)
def test_a_malformed_packet_gets_no_answer_and_the_next_good_one_does(
    worker: Worker, gateway: Gateway, file: Path
) -> None:
    given = sections(file.read_text(encoding="utf-8"))
    found = re.match(r"malformed: (\w+) at", given["reads"])
    assert found is not None
    datagram = bytes.fromhex(given["packet"])
    is_dropped(worker, gateway, datagram, found[1])
    is_dropped(worker, gateway, datagram, found[1], "acct")
    assert is_alive(worker, gateway)


def test_a_login_whose_answer_fits_into_no_packet_does_not_stop_the_others(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    code = house.voucher()
    worker.catch_up()
    before = worker.counted("radius_drops_total", kind="auth", reason="answer_too_long")
    # Proxy-States have to come back unchanged, and leave no room for the limits.
    states = [(33, bytes(253))] * 15 + [(33, bytes(170))]
    too_long = access_request((1, code.encode()), (3, chap(code)), (60, b"challenge"), *states, identifier=3)
    for datagram in (login(code, code, identifier=1), too_long, login(code, code, identifier=2)):
        gateway.send(worker.auth_port, datagram)
    answers = [gateway.hear(), gateway.hear()]
    assert [(answer[0], answer[1]) for answer in answers if answer] == [
        (Code.ACCESS_ACCEPT, 1),
        (Code.ACCESS_ACCEPT, 2),
    ]
    assert gateway.hear(0.1) is None
    assert worker.counted("radius_drops_total", kind="auth", reason="answer_too_long") == before + 1


def test_an_access_point_is_told_from_its_neighbours_on_the_same_line(
    house: House, worker: Worker, gateway: Gateway
) -> None:
    """Two behind one address: by NAS-Identifier, and by whose secret was used where that says nothing."""
    house.add_access_point("second", ADDRESS, OTHER_SECRET, message_authenticator="optional")
    worker.catch_up()
    for name in (b"belzyce-urzad-1", b"second", b"neither", b""):
        named = ((32, name),) if name else ()
        assert gateway.ask(worker.auth_port, access_request((1, b"a"), *named)).code == Code.ACCESS_REJECT
        second = access_request((1, b"a"), *named, secret=OTHER_SECRET)
        assert gateway.ask(worker.auth_port, second).code == Code.ACCESS_REJECT
        assert gateway.ask(worker.acct_port, report(1, "x", *named, secret=OTHER_SECRET)).code == 5
    unsigned = access_request((1, b"a"), (32, b"second"), signed=False, secret=OTHER_SECRET)
    assert gateway.ask(worker.auth_port, unsigned).code == Code.ACCESS_REJECT
    is_dropped(worker, gateway, access_request((1, b"a"), (32, b"neither"), signed=False), "unknown_client")
    unsigned = access_request((1, b"a"), (32, b"belzyce-urzad-1"), signed=False)
    is_dropped(worker, gateway, unsigned, "missing_message_authenticator")


def test_a_flood_of_wrong_packets_gives_one_line_a_second(
    worker: Worker, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    before = worker.counted("radius_drops_total", kind="auth", reason="shorter_than_header")
    with caplog.at_level(logging.WARNING, "radius.port"):
        for _ in range(200):
            gateway.send(worker.auth_port, b"x")
        eventually(
            lambda: worker.counted("radius_drops_total", kind="auth", reason="shorter_than_header") == before + 200
        )
    assert 1 <= len(caplog.records) <= 3, "200 packets in far less than two seconds"
    assert "127.0.1.1" in caplog.text
    assert "shorter_than_header" in caplog.text
