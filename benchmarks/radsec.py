"""`python -m benchmarks.radsec`: what RADIUS over TLS costs, beside UDP.

The same voucher logins, on the same processors, by the same generator: to a worker on UDP, and to the one on TLS, over
one connection and over several. Each is answered with an Accept, or the benchmark fails. The processor time of the
worker (proc(5)) hardly depends on what else the machine does; the rates and the times do.
"""

from __future__ import annotations

import os
import socket
import ssl
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer

from benchmarks import storms
from benchmarks.lines import Carrier, Datagrams, Line, Stream, measure
from benchmarks.load import Endpoint
from benchmarks.login_path import access_request
from benchmarks.ours import Ours
from benchmarks.processes import free_udp_ports
from benchmarks.processors import Processors
from benchmarks.worker_time import the_worker, ticks

CASES: Final = ((1, 1), (1, 64), (4, 16), (16, 4))
"""Connections (on UDP: sockets), and requests in flight on each."""

COLUMNS: Final = ("worker_us", "a_second", "p50_ms", "p99_ms", "generator_busy")
"""Of a login: the worker's processor time; then what the gateway measured."""

_MICROSECONDS_A_TICK: Final = 1e6 / os.sysconf("SC_CLK_TCK")
_UNHURRIED: Final = {"HOTSPOTS_RADIUS_SOURCE_RATE": "1000000"}
"""All come from one address; no more is to be held back there than on TLS."""


class Udp(Ours):
    """One worker on UDP."""

    port = 0

    @property
    def gateway(self) -> tuple[str, str, str]:
        """The access point that asks: its address, its secret, its NAS-Identifier."""
        address, secret, identifier = (self._folder / "radload-access-points").read_text().split()[:3]
        return address, secret, identifier

    @property
    def secret(self) -> bytes:
        """What requests are signed with."""
        return self.gateway[1].encode()

    def carrier(self, endpoint: Endpoint) -> Carrier:
        """A socket of the access point."""
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((self.gateway[0], 0))
        one.connect(("127.0.0.1", endpoint.auth_port))
        return Datagrams(one)


class Tls(Udp):
    """The worker on TLS, and the certificate of an access point."""

    worker = "radsec"
    secret = b"radsec"  # RFC 6614 section 2.3

    def prepare(self) -> None:
        """Make the database, and the certificates in it."""
        super().prepare()
        (self.port,) = free_udp_ports(1)
        environment = self._environment(self._folder / "pristine", None)
        self._call(environment, "certificate", "authority", "--into", str(self._folder / "authority"))
        self._call(environment, "certificate", "server", "127.0.0.1")
        self._call(environment, "certificate", "ap", self.gateway[2], "--into", str(self._folder / "certificates"))

    def carrier(self, endpoint: Endpoint) -> Carrier:  # noqa: ARG002 - as on UDP
        """A connection of the access point."""
        files = self._folder / "certificates"
        context = ssl.create_default_context(cafile=files / "authority.pem")
        context.load_cert_chain(files / f"{self.gateway[2]}.pem", files / f"{self.gateway[2]}.key")
        plain = socket.create_connection(("127.0.0.1", self.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Stream(context.wrap_socket(plain, server_hostname="127.0.0.1"))


def one_case(server: Udp, endpoint: Endpoint, connections: int, in_flight: int, logins: int) -> tuple[float, ...]:
    """The processor time of the worker for a login, in µs, and what the gateway measured."""
    people = list(enumerate(line.split()[0] for line in endpoint.users.read_text().splitlines()))
    someone = cycle(people)
    lines = [
        Line(
            server.carrier(endpoint),
            [
                access_request(each % 256, number, code, server.secret, server.gateway[2])
                for each, (number, code) in enumerate(islice(someone, logins // connections))
            ],
        )
        for _ in range(connections)
    ]
    worker = the_worker(server.worker)
    before = sum(ticks(worker))
    try:
        measured = measure(lines, in_flight)
    finally:
        for line in lines:
            line.carrier.socket.close()
    asked = logins // connections * connections
    return ((sum(ticks(worker)) - before) * _MICROSECONDS_A_TICK / asked, *measured)


def one_round(server: Udp, logins: int) -> dict[tuple[int, int], tuple[float, ...]]:
    """All cases, on a server that has seen everybody once."""
    with server.running(_UNHURRIED | {"HOTSPOTS_RADSEC_PORT": str(server.port or 2083)}) as endpoint:
        one_case(server, endpoint, 1, 64, logins)
        return {case: one_case(server, endpoint, *case, logins if max(case) > 1 else logins // 5) for case in CASES}


def medians(told: list[tuple[float, ...]]) -> dict[str, object]:
    """The medians of the rounds, by column."""
    return dict(zip(COLUMNS, map(median, zip(*told, strict=True)), strict=True))


def main(
    rounds: Annotated[int, typer.Option(min=1, help="How often, each transport in its turn.")] = 5,
    logins: Annotated[int, typer.Option(min=1000, help="Logins in each case.")] = 20_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure logins over UDP and over TLS."""
    processors = Processors.of_this_machine()
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=storms.WORK) as name:
        command = Path(sys.executable).with_name("hotspots")
        servers = {
            title: kind(title, command, 1, Path(name), processors, None)
            for title, kind in (("UDP", Udp), ("TLS", Tls))
        }
        for server in servers.values():
            server.prepare()
        os.sched_setaffinity(0, processors.generator)
        found = [{title: one_round(server, logins) for title, server in servers.items()} for _ in range(rounds)]
    rows = [
        {"transport": title, "connections": case[0], "in flight": case[0] * case[1]}
        | medians([one[title][case] for one in found])
        for case in CASES
        for title in servers
    ]
    storms.show("Logins over UDP and over TLS, medians", rows, as_json=as_json)


if __name__ == "__main__":
    typer.run(main)
