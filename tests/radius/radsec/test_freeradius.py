"""FreeRADIUS in front as a proxy over TLS: authentication and accounting on one connection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hotspots.models import Session
from tests.radius.gateway import radclient
from tests.radius.peers import freeradius
from tests.radius.peers.program import Program
from tests.radius.process import free_udp_ports
from tests.radius.radsec.peer import Certificates, Server
from tests.radius.running import PHONE, House

EDGE, EDGE_SECRET = "127.0.6.2", b"the secret between gateway and proxy"
NAMES = f'User-Name = "somebody"\nCalling-Station-Id = "{PHONE}"\nAcct-Session-Id = "s1"\n'
PROXY = """
proxy server {{
	default_fallback = no
}}
home_server ours {{
	type = auth+acct
	ipaddr = 127.0.0.1
	port = {port}
	proto = tcp
	secret = radsec
	response_window = 5
	status_check = none
	tls {{
		private_key_file = {folder}/key
		certificate_file = {folder}/certificate
		ca_file = {folder}/authority
		fragment_size = 8192
		tls_min_version = "{tls}"
		tls_max_version = "{tls}"
	}}
}}
home_server_pool ours {{
	type = fail-over
	home_server = ours
}}
realm ours {{
	auth_pool = ours
	acct_pool = ours
	nostrip
}}
"""
SERVER = """
server default {{
{listeners}
	authorize {{
		update control {{
			&Proxy-To-Realm := "ours"
		}}
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


class Proxy:
    """The running proxy and its ports."""

    def __init__(self, running: Program, auth_port: int, acct_port: int) -> None:
        self.running = running
        self._ports = {"auth": auth_port, "acct": acct_port}

    def ask(self, kind: str, lines: str) -> str:
        said = radclient(self._ports[kind], kind, lines, secret=EDGE_SECRET, source=EDGE)
        return said if "Received" in said else f"{said}\n{self.running.log[-4000:]}"


@pytest.fixture(params=["1.2", "1.3"])
def proxy(
    request: pytest.FixtureRequest, server: Server, certificates: Certificates, tmp_path: Path
) -> Iterator[Proxy]:
    ports = free_udp_ports(2)
    listeners = "".join(freeradius.listener(kind, port) for kind, port in zip(("auth", "acct"), ports, strict=True))
    with freeradius.running(
        tmp_path / "freeradius",
        clients=freeradius.client(EDGE, EDGE_SECRET),
        servers=SERVER.format(listeners=listeners),
        proxy=PROXY.format(port=server.port, folder=certificates.access_point(), tls=request.param),
    ) as running:
        yield Proxy(running, *ports)


def test_logins_and_accounting_come_through_one_connection(house: House, server: Server, proxy: Proxy) -> None:
    code = house.voucher()

    accepted = proxy.ask("auth", f'User-Name = "{code}"\nUser-Password = "{code}"\nCalling-Station-Id = "{PHONE}"')
    refused = proxy.ask("auth", f'User-Name = "nobody"\nUser-Password = "x"\nCalling-Station-Id = "{PHONE}"')
    accounted = proxy.ask("acct", f"{NAMES}Acct-Status-Type = Start")

    assert "Received Access-Accept" in accepted, accepted
    assert "Received Access-Reject" in refused, refused
    assert "Received Accounting-Response" in accounted, accounted
    assert server.connections == 1
    with house.database.read() as db:
        assert db.scalars(select(Session)).one().acct_session_id == "s1"
