"""radsecproxy in front, as on an OpenWrt access point: UDP from the gateway, TLS to us; radclient is the gateway."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from config_templates.intent import RadiusServer, RadSec
from config_templates.render import render
from hotspots.models import Session, SessionCommand
from hotspots.sessions import disconnects
from radius.radsec import asking
from radius.radsec.connection import Connection
from radius.radsec.metrics import Ending
from tests.config_templates.intents import outdoor_openwrt
from tests.radius.fake_nas import FakeNas, acks
from tests.radius.gateway import radclient
from tests.radius.peers import program
from tests.radius.peers.program import Program
from tests.radius.process import free_udp_ports
from tests.radius.radsec.peer import Certificates, Server
from tests.radius.running import PHONE, House, eventually

EDGE, EDGE_SECRET = "127.0.6.1", b"the secret between gateway and radsecproxy"
CONFIGURATION = """
ListenUDP 127.0.0.1:{port}
LogLevel 2
tls default {{
    CACertificateFile {folder}/authority
    CertificateFile {folder}/certificate
    CertificateKeyFile {folder}/key
    TlsVersion {tls}
}}
client gateway {{
    host {edge}
    type udp
    secret "{secret}"
}}
server ours {{
    host 127.0.0.1
    port {server_port}
    type tls
    secret radsec
    StatusServer {watchdog}
}}
realm * {{
    server ours
    accountingServer ours
}}
"""
NAMES = f'User-Name = "somebody"\nCalling-Station-Id = "{PHONE}"\nAcct-Session-Id = "s1"\n'


class Proxy:
    """The running proxy, and its only port."""

    def __init__(self, running: Program, port: int, tls: str) -> None:
        self.running = running
        self._port = port
        self.tls = tls

    def ask(self, kind: str, lines: str) -> str:
        # radclient signs accounting over zeros, radsecproxy 1.9 checks it over the packet's authenticator.
        return radclient(self._port, kind, lines, secret=EDGE_SECRET, source=EDGE, sign=kind == "auth")


@contextmanager
def running(
    server: Server, certificates: Certificates, tmp_path: Path, tls: str, *, quickly: bool = False
) -> Iterator[Proxy]:
    """The proxy, connected. ``quickly``: its clock goes ten times as fast, and judges us by no watchdog."""
    (port,) = free_udp_ports(1)
    text = CONFIGURATION.format(
        port=port,
        folder=certificates.access_point(),
        tls=tls,
        edge=EDGE,
        secret=EDGE_SECRET.decode(),
        server_port=server.port,
        watchdog="off" if quickly else "on",
    )
    with connected(server, tmp_path, text, quickly=quickly) as started:
        yield Proxy(started, port, tls)


@contextmanager
def connected(server: Server, tmp_path: Path, text: str, *, quickly: bool = False) -> Iterator[Program]:
    """The program with this configuration."""
    configuration = tmp_path / "radsecproxy.conf"
    configuration.write_text(text)
    command = ["radsecproxy", "-f", "-c", str(configuration)]
    if quickly:
        assert shutil.which("faketime"), "faketime is missing: apt-get install faketime"
    clock = ["faketime", "-f", "+0 x10"] if quickly else []
    with program.running("radsecproxy", command, tmp_path / "radsecproxy.log", "connection to", clock) as started:
        assert eventually(lambda: server.connections == 1), started.log
        yield started


@pytest.fixture(params=["TLS1_2", "TLS1_3"])
def proxy(
    request: pytest.FixtureRequest, server: Server, certificates: Certificates, tmp_path: Path
) -> Iterator[Proxy]:
    with running(server, certificates, tmp_path, request.param) as proxy:
        yield proxy


def test_logins_and_accounting_of_a_gateway_behind_it(house: House, server: Server, proxy: Proxy) -> None:
    (connected,) = connections(server)
    assert connected.tls_version == proxy.tls.replace("TLS1_", "TLSv1.")
    code = house.voucher()

    accepted = proxy.ask("auth", f'User-Name = "{code}"\nUser-Password = "{code}"\nCalling-Station-Id = "{PHONE}"')
    refused = proxy.ask("auth", f'User-Name = "nobody"\nUser-Password = "x"\nCalling-Station-Id = "{PHONE}"')
    started = proxy.ask("acct", f"{NAMES}Acct-Status-Type = Start")
    stopped = proxy.ask("acct", f"{NAMES}Acct-Status-Type = Stop\nAcct-Input-Octets = 7\nAcct-Session-Time = 60")

    assert "Received Access-Accept" in accepted, accepted
    assert "Session-Timeout" in accepted or "Acct-Interim-Interval" in accepted
    assert "Received Access-Reject" in refused, refused
    assert "Received Accounting-Response" in started, started
    assert "Received Accounting-Response" in stopped, stopped
    with house.database.read() as db:
        session = db.scalars(select(Session)).one()
    assert (session.octets_up, session.stopped_at is not None) == (7, True)


def test_a_chap_login_behind_it(house: House, proxy: Proxy) -> None:
    ticket = house.ticket()
    lines = f'User-Name = "{ticket.user_name}"\nCHAP-Password = "{ticket.password}"\n'
    said = proxy.ask("auth", f'{lines}Calling-Station-Id = "{PHONE}"')
    assert "Received Access-Accept" in said, said


def test_it_hands_no_disconnect_on_so_the_gateway_is_asked_by_udp(
    house: House, server: Server, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "WAIT_SECONDS", 0.5)
    with FakeNas(acks) as nas:
        house.set_access_point(coa_port=nas.port)
        server.catch_up()
        proxy.ask("acct", f"{NAMES}Acct-Status-Type = Start")
        with house.database.write() as db:
            disconnects.ask(db, db.scalars(select(Session)).one(), asked_by="a clerk", now=datetime.now(UTC))
        assert eventually(lambda: state_of_the_command(house) == "acked")
    assert len(nas.heard) == 1
    assert "Received Accounting-Response" in proxy.ask("acct", f"{NAMES}Acct-Status-Type = Interim-Update")


def test_it_comes_back_when_its_connection_was_ended(
    house: House, server: Server, certificates: Certificates, tmp_path: Path
) -> None:
    """It begins no second connection within thirty seconds of its clock, which are three here."""
    code = house.voucher()
    asked = f'User-Name = "{code}"\nUser-Password = "{code}"\nCalling-Station-Id = "{PHONE}"'
    with running(server, certificates, tmp_path, "TLS1_3", quickly=True) as proxy:
        (first,) = connections(server)
        server.loop.call_soon_threadsafe(first.end, Ending.SHUTDOWN)
        eventually(lambda: [each for each in connections(server) if each is not first], 60)
        # By its clock it also waits for an answer a tenth of the time.
        eventually(lambda: "Received Access-Accept" in proxy.ask("auth", asked), 60)


@pytest.mark.parametrize("included", [False, True], ids=["by itself", "by OpenWrt's service"])
def test_what_is_rendered_for_openwrt_lets_a_gateway_in(
    house: House, server: Server, certificates: Certificates, tmp_path: Path, included: bool
) -> None:
    """But for the ports and the folder, which a test shares with others; the secret is a hostile one."""
    intent = outdoor_openwrt(radius_servers=(RadiusServer("127.0.0.1"),), radsec=RadSec(server.port, "here"))
    text = render(intent)["etc/radsecproxy.conf"]
    folder = certificates.access_point()
    ports = free_udp_ports(2)
    names = {"authority.pem": "authority", "access-point.pem": "certificate", "access-point.key": "key"}
    changes = {f"/etc/radsec/{rendered}": f"{folder}/{there}" for rendered, there in names.items()}
    changes |= {f"127.0.0.1:{port}": f"127.0.0.1:{free}" for port, free in zip((1812, 1813), ports, strict=True)}
    for rendered, there in changes.items():
        assert rendered in text
        text = text.replace(rendered, there)
    if included:
        (tmp_path / "whole.conf").write_text(text)
        text = f"# auto-generated config file\n    Include '{tmp_path}/whole.conf'\n"
    secret = intent.radius_secret.get_secret_value().encode()
    code = house.voucher()
    login = f'User-Name = "{code}"\nUser-Password = "{code}"\nCalling-Station-Id = "{PHONE}"'
    with connected(server, tmp_path, text):
        accepted = radclient(ports[0], "auth", login, secret=secret, source="127.0.0.1")
        started = f"{NAMES}Acct-Status-Type = Start"
        accounted = radclient(ports[1], "acct", started, secret=secret, source="127.0.0.1", sign=False)
    assert "Received Access-Accept" in accepted, accepted
    assert "Received Accounting-Response" in accounted, accounted


def connections(server: Server) -> list[Connection]:
    return list(server.server.connections._by_address.values())


def state_of_the_command(house: House) -> str:
    with house.database.read() as db:
        return db.scalars(select(SessionCommand.state)).one()
