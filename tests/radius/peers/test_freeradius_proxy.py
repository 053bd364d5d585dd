"""FreeRADIUS in front of us as a proxy, over UDP: logins, accounting, and its question whether we live."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session
from tests.radius.gateway import radclient
from tests.radius.peers import freeradius
from tests.radius.peers.program import Program
from tests.radius.process import free_udp_ports
from tests.radius.running import ADDRESS, SECRET, House, Worker, eventually

EDGE_SECRET = b"the secret between gateway and proxy"
EDGE = "127.0.5.1"
NAMES = 'Acct-Session-Id = "s1"\nUser-Name = "somebody"\nCalling-Station-Id = "02-11-22-33-44-55"\n'

SERVER = """
server default {{
{listeners}
	authorize {{
		update control {{
			&Proxy-To-Realm := "ours"
		}}
	}}
	pre-proxy {{
{sign}
	}}
	preacct {{
		update control {{
			&Proxy-To-Realm := "ours"
		}}
	}}
	accounting {{
		ok
	}}
}}
"""
# 3.2.1 signs what it hands on only where it was signed before.
DO_NOT_SIGN = "\t\tupdate proxy-request {\n\t\t\t&Message-Authenticator !* ANY\n\t\t}"
SIGN = "\t\tupdate proxy-request {\n\t\t\t&Message-Authenticator := 0x00\n\t\t}"


class Proxy:
    """The running proxy and its ports."""

    def __init__(self, server: Program, auth_port: int, acct_port: int) -> None:
        self.server = server
        self.auth_port = auth_port
        self.acct_port = acct_port

    def ask(self, kind: str, lines: str) -> str:
        port = self.acct_port if kind == "acct" else self.auth_port
        return radclient(port, kind, lines, secret=EDGE_SECRET, source=EDGE)


@pytest.fixture
def proxy(worker: Worker, tmp_path: Path) -> Iterator[Proxy]:
    with in_front_of(worker, tmp_path, SIGN) as proxy:
        yield proxy


@contextmanager
def in_front_of(worker: Worker, folder: Path, sign: str) -> Iterator[Proxy]:
    auth_port, acct_port = free_udp_ports(2)
    listeners = freeradius.listener("auth", auth_port) + freeradius.listener("acct", acct_port)
    ports = {"auth": worker.auth_port, "acct": worker.acct_port}
    with freeradius.running(
        folder / "raddb",
        clients=freeradius.client(EDGE, EDGE_SECRET),
        proxy=freeradius.proxy_to(ports, SECRET, ADDRESS),
        servers=SERVER.format(listeners=listeners, sign=sign),
    ) as server:
        yield Proxy(server, auth_port, acct_port)


def test_a_voucher_gets_in_through_a_proxy_by_pap_and_chap(house: House, worker: Worker, proxy: Proxy) -> None:
    code = house.voucher()
    worker.catch_up()
    for how in ("User-Password", "CHAP-Password"):
        good = proxy.ask("auth", f'User-Name = "{code}"\n{how} = "{code}"\nProxy-State = 0x0102')
        assert "Received Access-Accept" in good, good + proxy.server.log
        assert "Class = 0x" in good
        assert "Proxy-State = 0x0102" in good, "what came before FreeRADIUS comes back, too"
        assert "Acct-Interim-Interval = 300" in good
        bad = proxy.ask("auth", f'User-Name = "{code}"\n{how} = "guessed"')
        assert "Received Access-Reject" in bad, bad + proxy.server.log
        assert 'Reply-Message = "wrong_password"' in bad


def test_accounting_goes_through_a_proxy_and_is_answered_when_it_is_durable(house: House, proxy: Proxy) -> None:
    for lines in (
        "Acct-Status-Type = Start",
        "Acct-Status-Type = Interim-Update\nAcct-Session-Time = 300\nAcct-Input-Octets = 7\nAcct-Output-Gigawords = 1",
        "Acct-Status-Type = Stop\nAcct-Session-Time = 301\nAcct-Input-Octets = 9\nAcct-Output-Gigawords = 1",
    ):
        shown = proxy.ask("acct", NAMES + lines)
        assert "Received Accounting-Response" in shown, shown + proxy.server.log
    with house.database.read() as db:
        session = db.scalars(select(Session)).one()
    assert (session.user_name, session.device) == ("somebody", "02:11:22:33:44:55")
    assert (session.session_seconds, session.octets_up, session.octets_down) == (301, 9, 2**32)
    assert session.stopped_at is not None


def test_a_proxy_that_does_not_sign_gets_no_answer_but_hears_that_we_live(
    house: House, worker: Worker, tmp_path: Path
) -> None:
    """Proxy-State without Message-Authenticator is what the attack on unsigned replies needs (CVE-2024-3596)."""
    house.set_access_point(message_authenticator="optional")
    worker.catch_up()
    code = house.voucher()
    before = worker.counted("radius_drops_total", kind="auth", reason="proxy_state_unsigned")
    with in_front_of(worker, tmp_path, DO_NOT_SIGN) as proxy:
        shown = proxy.ask("auth", f'User-Name = "{code}"\nUser-Password = "{code}"')
        assert "Received Access-Accept" not in shown
        eventually(
            lambda: worker.counted("radius_drops_total", kind="auth", reason="proxy_state_unsigned") > before
        )
        log = proxy.server.wait_for("Received response to status check")
    assert "Marking home server 127.0.0.1 port" in log
