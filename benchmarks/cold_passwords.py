"""`python -m benchmarks.cold_passwords`: a power cut, after which 400 accounts log in with passwords nobody remembers.

A server that has just been started, and the storm of all 22 hotspots at once: 4,000 logins with vouchers and 400 with
accounts whose passwords are argon2id, 3,000 a second in all, whatever the server does; each that is let in sends its
Start. Gateways ask three times, three seconds apart. The same without the accounts, and with the accounts a second
time, show what the hashing costs the others, and what it costs once. None may be refused or stay unanswered.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Final

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sqlalchemy import make_url, select

from benchmarks import load, postgresql
from benchmarks.load import BadReplyError, Endpoint
from benchmarks.ours import PLAN, Ours
from benchmarks.postgresql import Cluster
from benchmarks.processors import Processors, pinned
from hotspots import accounts, lookup
from hotspots.database import Database
from hotspots.models import ServicePlan
from hotspots.vault import Vault

ACCOUNTS: Final = 400
VOUCHERS: Final = 4_000
A_SECOND: Final = 3_000
_GATEWAYS: Final = ("-m", "storm", "--storm", "full", "--timeout", "3000", "--retries", "2")
_WAITING_SECONDS: Final = 120
_WIDTH_OF_A_PIPE: Final = 140
_WORK: Final = Path("/var/tmp")  # noqa: S108 - only the parent of a folder with a random name

Figures = dict[str, dict[str, Any]]
"""What radload said, of `vouchers` and of `accounts`."""


def add_accounts(url: str, users: Path) -> None:
    """Put the accounts into a database, each with a password of its own, and write them down for radload."""
    people = [(f"resident{number:03}@example.org", secrets.token_urlsafe(12)) for number in range(ACCOUNTS)]
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        hashes = list(executor.map(lambda one: accounts.hashed(one[0], SecretStr(one[1])), people))
    now = datetime.now(UTC)
    # Nothing that is sealed is read or written here.
    database = Database(make_url(url).set(drivername=_driver(url)), Vault(secrets.token_bytes(32)))
    with database.write() as db:
        plan = db.scalars(select(ServicePlan).where(ServicePlan.slug == PLAN)).one()
        given = {"plan": plan, "authority": lookup.first_authority(db), "added_by": "benchmark", "now": now}
        for (name, _), password_hash in zip(people, hashes, strict=True):
            expires_at = now + timedelta(days=1)
            accounts.add(db, name=name, password_hash=password_hash, expires_at=expires_at, **given)
    database.close()
    users.touch(mode=0o600)
    users.write_text("".join(f"{name} {password}\n" for name, password in people))


def _driver(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql+psycopg"


def storm(endpoint: Endpoint, processors: Processors, parts: dict[str, tuple[Path, int]]) -> Figures:
    """All parts of a storm at once, each from a generator of its own."""
    total = ACCOUNTS + VOUCHERS
    started = {
        name: subprocess.Popen(
            pinned(
                processors.generator,
                load.command(
                    replace(endpoint, users=users),
                    1,
                    [*_GATEWAYS, "-n", str(count), "--rate", str(A_SECOND * count / total)],
                ),
            ),
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, (users, count) in parts.items()
    }
    return {name: _said(process) for name, process in started.items()}


def _said(process: subprocess.Popen[str]) -> dict[str, Any]:
    output, _ = process.communicate(timeout=_WAITING_SECONDS)
    document: dict[str, Any] = json.loads(output)
    wrong = {name: document[name] for name in ("badauth", "badma", "challenge", "noslot") if document[name]}
    if wrong:
        raise BadReplyError(f"radload does not accept these answers: {wrong}")
    return document


def one_round(server: Ours, processors: Processors, users: Path) -> dict[str, Figures]:
    """The three storms: each of the first two on a server that was just started, the third on the second's."""
    with server.running({}) as endpoint:
        vouchers = {"vouchers": (endpoint.users, VOUCHERS)}
        figures = {"without accounts": storm(endpoint, processors, vouchers)}
    with server.running({}) as endpoint:
        everybody = {"vouchers": (endpoint.users, VOUCHERS), "accounts": (users, ACCOUNTS)}
        figures["passwords cold"] = storm(endpoint, processors, everybody)
        figures["the same again"] = storm(endpoint, processors, everybody)
    return figures


def rows(rounds: list[dict[str, Figures]]) -> Iterator[dict[str, object]]:
    """One row for each storm and kind of packet; times are medians over the rounds, the worst is the worst."""
    for name in rounds[0]:
        for part in rounds[0][name]:
            told = [one[name][part] for one in rounds]
            lost, refused = (sum(one[field] for one in told) for field in ("lost", "reject"))
            for kind, words in (("auth", f"logins with {part}"), ("start", f"accounting of {part}")):
                kinds = [one["kinds"][kind] for one in told if kind in one["kinds"]]
                if kinds:
                    yield {
                        "storm": name,
                        "what": words,
                        "answers": sum(one["replies"] for one in kinds),
                        "p50_ms": median(one["p50_us"] for one in kinds) / 1000,
                        "p99_ms": median(one["p99_us"] for one in kinds) / 1000,
                        "worst_ms": max(one["max_us"] for one in kinds) / 1000,
                        "refused": refused if kind == "auth" else 0,
                        "unanswered": lost,
                        "asked_again": sum(one["retx"] for one in told),
                    }


@contextmanager
def a_server(command: Path, store: str, workers: int, processors: Processors, folder: Path) -> Iterator[Ours]:
    """Our server on one of the stores, with its database made."""
    folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
    cluster = (
        postgresql.running(folder / "postgresql", processors.server) if store == "postgresql" else nullcontext()
    )
    with cluster as running:
        known: Cluster | None = running
        server = Ours(f"ours-{store}", command, workers, folder, processors, known)
        server.prepare()
        yield server


def main(
    store: Annotated[str, typer.Option(help="sqlite or postgresql.")] = "sqlite",
    rounds: Annotated[int, typer.Option(min=1, help="How often.")] = 3,
    workers: Annotated[int | None, typer.Option(min=1, help="One a processor of the server if not given.")] = None,
    command: Annotated[Path | None, typer.Option(help="Our command; this Python's if not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a storm of logins in which 400 passwords have to be hashed."""
    processors = Processors.of_this_machine()
    load.build()
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=_WORK) as name:
        folder = Path(name)
        users = folder / "radload-accounts"
        ours = command or Path(sys.executable).with_name("hotspots")
        with a_server(ours, store, workers or len(processors.server), processors, folder) as server:
            add_accounts(server.database_url, users)
            wait = track(range(rounds), server.title, console=Console(stderr=True))
            found = list(rows([one_round(server, processors, users) for _ in wait]))
    show(found, as_json=as_json)
    if any(row["refused"] or row["unanswered"] for row in found):
        raise typer.Exit(1)


def show(found: list[dict[str, object]], *, as_json: bool) -> None:
    """Print what was measured."""
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = Table(title="3,000 logins a second after a power cut", title_justify="left")
    for column in found[0]:
        table.add_column(column, justify="left" if column in {"storm", "what"} else "right")
    for row in found:
        table.add_row(*(f"{value:.1f}" if isinstance(value, float) else str(value) for value in row.values()))
    Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_PIPE).print(table)


if __name__ == "__main__":
    typer.run(main)
