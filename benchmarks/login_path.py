"""`python -m benchmarks.login_path`: what one login costs a RADIUS worker, the network and the disk aside.

Signed Access-Requests with vouchers go through the real port, over a database that was really loaded; only the socket
and the recorder are left out. Prints the microseconds of a login and of its stages, each the best of several runs,
since whatever else the machine does can only add to it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
import struct
import tempfile
import timeit
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, select

from hotspots import keys, vouchers
from hotspots.database import Database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.reading import read_file
from hotspots.logins.directory import Directory
from hotspots.logins.login import LoginDesk
from hotspots.logins.login_records import record_of
from hotspots.logins.tickets import TicketDesk
from hotspots.models import AccessPoint, Authority, ServicePlan
from hotspots.storage import migrate
from hotspots.vault import Vault
from radius.authentication import Authentication, attempt_of
from radius.authentication_port import AuthenticationPort
from radius.callers import Callers
from radius.datagrams import MOST_AT_ONCE
from radius.duplicates import Duplicates
from radius.metrics import Tally
from radius.numbers import Code
from radius.password_checks import PasswordChecks
from radius.receiving import Address, Receiver
from radius.refreshing import Refresher
from radius.server import Keys
from radius.wire import parse

KEY = SecretStr("a key of this benchmark, long enough to be taken")
USERS = 1000
EXAMPLE = Path(__file__).parents[1] / "hotspots" / "example" / "powiat-lubelski.yaml"


class NoDoor:
    """Takes the replies and lets them be."""

    def send(self, datagram: bytes, address: Address) -> None:
        """Let it be."""

    def flush(self) -> None:
        """Nothing waits."""


@contextmanager
def a_database() -> Iterator[tuple[Database, list[str]]]:
    """The example inventory with a thousand vouchers, and their codes."""
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-") as folder:
        vault = Vault(keys.derive(KEY, keys.SECRETS_AT_REST))
        database = Database(make_url(f"sqlite:///{folder}/hotspots.db"), vault)
        migrate.upgrade(database.engine)
        now = datetime.now(UTC)
        import_inventory(database, read_file(EXAMPLE), source="benchmark", actor="benchmark", now=now)
        with database.write() as db:
            codes = vouchers.create_batch(
                db,
                vault,
                keys.derive(KEY, keys.VOUCHER_LOOKUP),
                plan=db.scalars(select(ServicePlan).where(ServicePlan.slug == "od-2018")).one(),
                authority=db.scalars(select(Authority)).first() or Authority(),
                count=USERS,
                created_by="benchmark",
                now=now,
                expires_at=now + timedelta(days=1),
            )
        yield database, codes
        database.close()


def access_request(identifier: int, number: int, code: str, secret: bytes, nas_identifier: str) -> bytes:
    """An Access-Request with 13 attributes, as gateways send them (RFC 2865, RFC 3579); ``number`` is its device's."""
    authenticator = secrets.token_bytes(16)
    mask = hashlib.md5(secret + authenticator, usedforsecurity=False).digest()
    hidden = bytes(a ^ b for a, b in zip(code.encode().ljust(16, b"\0"), mask, strict=True))
    values = (
        *(
            (80, bytes(16)),
            (1, code.encode()),
            (2, hidden),
            (4, bytes(4)),
            (5, bytes(4)),
            (6, struct.pack(">I", 1)),
        ),
        *(
            (8, bytes(4)),
            (30, b"02-AA-00-00-00-01:powiat"),
            (31, b"02-11-00-%02X-%02X-01" % divmod(number, 256)),
        ),
        *((32, nas_identifier.encode()), (44, b"%08x" % number), (61, struct.pack(">I", 19))),
        (77, b"CONNECT 54Mbps 802.11g"),
    )
    body = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in values)
    packet = struct.pack(">BBH", Code.ACCESS_REQUEST, identifier, 20 + len(body)) + authenticator + body
    return packet[:22] + hmac.new(secret, packet, hashlib.md5).digest() + packet[38:]


async def measure(database: Database, codes: list[str], runs: int) -> dict[str, float]:
    """Microseconds a login, in all and by stage."""
    key = Keys.derive(KEY)
    directory = Directory(database)
    directory.load(datetime.now(UTC))
    callers = Callers(directory)
    with ThreadPoolExecutor(1) as executor:
        refresher = Refresher(directory, executor)
        authentication = Authentication(LoginDesk(directory, TicketDesk(key.tickets), key.vouchers), key.classes)
        way = NoDoor()
        receiver = Receiver(callers, Code.ACCESS_REQUEST)
        port = AuthenticationPort(
            way, receiver, refresher, Tally(), None, authentication, PasswordChecks(1), lambda _: None
        )
        with database.read() as db:
            places = list(db.scalars(select(AccessPoint)))
        secrets_of = {place.id: _secret(database, place) for place in places}
        packets = [
            (
                access_request(number % 256, number, code, secrets_of[place.id], place.nas_identifier),
                (place.address, 40_000),
            )
            for number, (code, place) in enumerate(zip(codes * 4, cycle(places), strict=False))
        ]
        requests = [receiver.admit(packet, address) for packet, address in packets]
        now = datetime.now(UTC)
        attempts = [attempt_of(request, now) for request in requests]
        outcomes = [authentication.decide(request, now) for request in requests]
        pairs = list(zip(requests, outcomes, strict=True))

        def all_of_it() -> None:
            port._duplicates = Duplicates()
            for start in range(0, len(packets), MOST_AT_ONCE):
                port.received(packets[start : start + MOST_AT_ONCE])

        stages: dict[str, Callable[[], object]] = {
            "a login, all of it": all_of_it,
            "of it: reading the packet": lambda: [parse(packet) for packet, _ in packets],
            "reading, and whether it is signed": lambda: [receiver.admit(*each) for each in packets],
            "what it asks, password uncovered": lambda: [attempt_of(request, now) for request in requests],
            "who it is, and the decision": lambda: [authentication.desk.login(each) for each in attempts],
            "the signed reply": lambda: [authentication.reply(*pair) for pair in pairs],
            "what is written down": lambda: [record_of(outcome) for outcome in outcomes],
        }
        took = {name: min(timeit.repeat(stage, number=1, repeat=runs)) for name, stage in stages.items()}
        await refresher.stop()
    return {name: seconds / len(packets) * 1e6 for name, seconds in took.items()}


def _secret(database: Database, place: AccessPoint) -> bytes:
    return database.vault.open(place.sealed_secret).get_secret_value().encode()


def main(
    runs: Annotated[int, typer.Option(min=1, help="How often each stage is run.")] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure what a login costs a worker."""
    with a_database() as (database, codes):
        figures = asyncio.run(measure(database, codes, runs))
    if as_json:
        typer.echo(json.dumps(figures))
        return
    table = Table("what", "µs a login")
    for name, figure in figures.items():
        table.add_row(name, f"{figure:.2f}")
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
