"""CVE-2024-3596: an attacker on the wire turns a Reject into an Accept. From our server nobody gets one.

The same attacker against FreeRADIUS 3.2.1, which is older than the discovery, gets in: the attack is a real one.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pyrad.client import Client, Timeout
from pyrad.packet import AccessReject

from radius.printing import dictionary
from radius.wire import parse
from tests.radius.gateway import radclient
from tests.radius.peers import freeradius
from tests.radius.peers.attacker import (
    MESSAGE_AUTHENTICATOR,
    REJECT,
    Attacker,
    OnTheWay,
    add_proxy_state,
    leave,
    strip,
    strip_and_add,
)
from tests.radius.process import free_udp_ports
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

WAYS = pytest.mark.parametrize(
    "on_the_way", [leave, strip, add_proxy_state, strip_and_add], ids=lambda way: way.__name__
)
POLICIES = pytest.mark.parametrize("policy", ["required", "learn", "optional"])
WRONG = 'User-Name = "nobody"\nUser-Password = "guessed"'

NAIVE = """
server default {{
{listener}
	authorize {{
		update control {{
			&Cleartext-Password := "right"
		}}
		pap
	}}
	authenticate {{
		Auth-Type PAP {{
			pap
		}}
	}}
}}
"""


def asked_through(attacker: Attacker, *, sign: bool, within_seconds: float = 0.3) -> str:
    """What radclient says to what it gets from an attacker; it signs or not, and its address is not what counts."""
    asked = radclient(attacker.port, "auth", WRONG, source="127.0.0.1", within_seconds=within_seconds, sign=sign)
    return "\n".join(line for line in asked.splitlines() if line.startswith("Received"))


@POLICIES
@WAYS
@pytest.mark.parametrize("sign", [True, False], ids=["signing", "not signing"])
def test_radclient_never_gets_an_accept(
    house: House, worker: Worker, policy: str, on_the_way: OnTheWay, sign: bool
) -> None:
    house.set_access_point(message_authenticator=policy)
    worker.catch_up()
    with Attacker(worker.auth_port, ADDRESS, SECRET, on_the_way) as attacker:
        assert asked_through(attacker, sign=sign) == ""
        unchanged = on_the_way is leave and sign
        unsigned_is_fine = policy != "required" and on_the_way in (leave, strip)
        if unchanged or unsigned_is_fine:
            eventually(lambda: attacker.replies)
    assert bool(attacker.replies) is (unchanged or unsigned_is_fine)
    assert attacker.chances == 0
    for reply in attacker.replies:
        assert reply[0] == REJECT
        assert parse(reply).attributes[0][0] == MESSAGE_AUTHENTICATOR, "first, so that nothing is foretold"


@POLICIES
@pytest.mark.parametrize("enforce", [True, False])
def test_pyrad_never_takes_one_for_an_accept(house: House, worker: Worker, policy: str, enforce: bool) -> None:
    """A client that we did not write, which demands a Message-Authenticator in replies, or does not."""
    house.set_access_point(message_authenticator=policy)
    worker.catch_up()
    with Attacker(worker.auth_port, ADDRESS, SECRET, leave) as attacker:
        client = Client("127.0.0.1", authport=attacker.port, secret=SECRET, dict=dictionary(), enforce_ma=enforce)
        client.timeout, client.retries = 0.5, 1
        request = client.CreateAuthPacket(User_Name="nobody")
        request["User-Password"] = request.PwCrypt("guessed")
        request.add_message_authenticator()
        with pytest.raises(Timeout):
            client.SendPacket(request)
    assert {reply[0] for reply in attacker.replies} == {AccessReject}


def test_without_the_attacker_radclient_hears_the_reject(worker: Worker) -> None:
    shown = radclient(worker.auth_port, "auth", WRONG)
    assert "Received Access-Reject" in shown


def test_the_same_attacker_gets_into_a_server_that_is_older_than_the_discovery(tmp_path: Path) -> None:
    (port,) = free_udp_ports(1)
    with (
        freeradius.running(
            tmp_path / "raddb",
            clients=freeradius.client(ADDRESS, SECRET),
            servers=NAIVE.format(listener=freeradius.listener("auth", port)),
        ),
        Attacker(port, ADDRESS, SECRET, strip_and_add) as attacker,
    ):
        shown = asked_through(attacker, sign=True, within_seconds=30)
    assert attacker.replies[0][0] == REJECT
    assert attacker.chances > 0
    assert shown.startswith("Received Access-Accept")
