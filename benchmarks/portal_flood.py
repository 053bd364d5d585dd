"""`python -m benchmarks.portal_flood`: how quickly residents are answered while the portal is flooded.

The real portal, served by gunicorn on two processors, with the example inventory in SQLite. On the others: residents,
200 requests a second, who come with redirects that their gateway signed, load the style sheet and tap; and attackers,
500 requests a second from 50 addresses, who ask for the page that costs most. Each request has a connection of its
own. Times are from before the connection to the last octet.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from html import unescape
from itertools import count, cycle
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy import make_url, select

from benchmarks.login_path import EXAMPLE, KEY
from benchmarks.processors import Processors, pinned
from hotspots import keys
from hotspots.database import Database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.reading import read_file
from hotspots.models import AccessPoint
from hotspots.storage import migrate
from hotspots.vault import Vault

PORT = 18_080
BASE = f"http://127.0.0.1:{PORT}"
RESIDENTS_PER_SECOND = 200
ATTACKS_PER_SECOND = 500
ATTACKERS = [f"127.66.0.{number}" for number in range(1, 51)]
GOAL_SECONDS = 0.050
_REQUESTS_OF_A_VISIT = 3
_PATIENCE_SECONDS = 10
_OF_A_FORM = "Content-Type: application/x-www-form-urlencoded\r\n"


@dataclass
class Answers:
    """How long the answers took, in seconds, and which statuses they had; -1 is no answer."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Within how many seconds this share of the answers came."""
        return statistics.quantiles(self.seconds, n=1000, method="inclusive")[round(share * 1000) - 1]


@dataclass
class Gateway:
    """An access point of the inventory, and the address that its residents come from."""

    nas_identifier: str
    secret: str
    address: str

    def redirect(self, number: int) -> str:
        """The path that it sends a new device to, signed as CoovaChilli does (``md``)."""
        device = (
            f"02-{number >> 24 & 255:02X}-{number >> 16 & 255:02X}-{number >> 8 & 255:02X}-{number & 255:02X}-01"
        )
        query = urlencode(
            {
                **{"res": "notyet", "uamip": "10.1.0.1", "uamport": "3990", "challenge": secrets.token_hex(16)},
                **{"mac": device, "ip": "10.1.0.7", "nasid": self.nas_identifier},
            }
        )
        url = f"{BASE}/uam?{query}"
        digest = md5((url + self.secret).encode(), usedforsecurity=False).hexdigest().upper()
        return f"/uam?{query}&md={digest}"


async def ask(path: str, address: str, answers: Answers, form: str | None = None) -> str:
    """One request on a connection of its own; its page."""
    began = time.perf_counter()
    status, page = -1, ""
    body = "" if form is None else form
    method, kind = ("GET", "") if form is None else ("POST", f"{_OF_A_FORM}Content-Length: {len(body)}\r\n")
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n{kind}Connection: close\r\n"
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT, local_addr=(address, 0))
            writer.write(f"{head}\r\n{body}".encode())
            answer = await reader.read()
            writer.close()
            status, page = int(answer[9:12]), answer.decode(errors="replace")
    except (OSError, ValueError, TimeoutError):
        # Counted as no answer, and as long as was waited.
        pass
    answers.seconds.append(time.perf_counter() - began)
    answers.statuses[status] += 1
    return page


async def visit(gateway: Gateway, number: int, answers: Answers) -> None:
    """A resident arrives, the page gets its style, and they tap."""
    page = await ask(gateway.redirect(number), gateway.address, answers)
    style, token = re.search(r'href="(/residents-[^"]+)"', page), re.search(r'name="visit" value="([^"]+)"', page)
    if style is None or token is None:
        return
    await ask(unescape(style[1]), gateway.address, answers)
    await ask("/enter", gateway.address, answers, urlencode({"visit": token[1]}))


async def at_a_rate(per_second: float, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """Begin this so many times a second, whether what was begun before is done or not."""
    running: set[asyncio.Task[object]] = set()
    begun = time.perf_counter()
    for number in count():
        due = number / per_second
        if due >= seconds:
            break
        await asyncio.sleep(max(0.0, begun + due - time.perf_counter()))
        task = asyncio.ensure_future(work())
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


async def measure(gateways: list[Gateway], seconds: float, *, flood: bool) -> tuple[Answers, Answers]:
    """How residents and attackers are answered."""
    residents, attackers = Answers(), Answers()
    turns, sources, numbers = cycle(gateways), cycle(ATTACKERS), count(secrets.randbits(31))
    work = [
        at_a_rate(
            RESIDENTS_PER_SECOND / _REQUESTS_OF_A_VISIT,
            seconds,
            lambda: visit(next(turns), next(numbers), residents),
        )
    ]
    if flood:
        work.append(
            at_a_rate(ATTACKS_PER_SECOND, seconds, lambda: ask(f"/?x={next(numbers)}", next(sources), attackers))
        )
    await asyncio.gather(*work)
    return residents, attackers


@contextmanager
def a_portal(processors: Processors) -> Iterator[list[Gateway]]:
    """The portal with the example inventory, and its access points."""
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-") as folder:
        gateways = _prepare(Path(folder))
        environment = {
            **os.environ,
            "HOTSPOTS_DATA_DIR": folder,
            "HOTSPOTS_SECRET_KEY": KEY.get_secret_value(),
            "HOTSPOTS_PORTAL_BIND": f"127.0.0.1:{PORT}",
            "HOTSPOTS_PORTAL_BASE_URL": BASE,
        }
        command = pinned(processors.server, [sys.executable, "-m", "hotspots", "portal"])
        process = subprocess.Popen(command, env=environment)
        try:
            asyncio.run(_until_it_answers())
            yield gateways
        finally:
            process.terminate()
            process.wait(20)


def _prepare(folder: Path) -> list[Gateway]:
    database = Database(make_url(f"sqlite:///{folder}/hotspots.db"), Vault(keys.derive(KEY, keys.SECRETS_AT_REST)))
    migrate.upgrade(database.engine)
    now = datetime.now(UTC)
    import_inventory(database, read_file(EXAMPLE), source="benchmark", actor="benchmark", now=now)
    with database.read() as db:
        rows = db.scalars(select(AccessPoint).where(AccessPoint.gateway == "coovachilli")).all()
        gateways = [
            Gateway(
                row.nas_identifier,
                database.vault.open(row.sealed_uam_secret).get_secret_value(),
                f"127.77.0.{number + 1}",
            )
            for number, row in enumerate(rows)
        ]
    database.close()
    return gateways


async def _until_it_answers() -> None:
    for _ in range(200):
        answers = Answers()
        await ask("/healthz", "127.0.0.1", answers)
        if answers.statuses[200]:
            return
        await asyncio.sleep(0.1)
    raise RuntimeError("the portal does not answer")


def main(
    seconds: Annotated[float, typer.Option(min=5, help="How long each part is measured.")] = 60,
) -> None:
    """Measure the portal quiet and flooded, and say whether it keeps to its figures."""
    processors = Processors.of_this_machine()
    os.sched_setaffinity(0, processors.generator)
    console, table = Console(), Table("", "requests", "median", "95 %", "99 %", "statuses")
    with a_portal(processors) as gateways:
        uvloop.run(measure(gateways, 5, flood=False))
        quiet, _ = uvloop.run(measure(gateways, seconds, flood=False))
        flooded, attackers = uvloop.run(measure(gateways, seconds, flood=True))
    for name, answers in (
        ("residents, quiet", quiet),
        ("residents, flooded", flooded),
        ("attackers", attackers),
    ):
        times = [f"{answers.quantile(share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99)]
        table.add_row(name, str(len(answers.seconds)), *times, str(dict(answers.statuses.most_common())))
    console.print(table)
    kept = flooded.quantile(0.95) <= GOAL_SECONDS
    console.print(f"Residents' 95 % within {GOAL_SECONDS * 1000:.0f} ms while flooded: {'yes' if kept else 'NO'}")


if __name__ == "__main__":
    typer.run(main)
