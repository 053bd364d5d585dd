"""`python -m benchmarks.cold_passwords`: a power cut, after which 400 accounts log in with passwords nobody remembers.

A server that has just been started, and the storm of all 22 hotspots at once: 4,000 logins with vouchers and 400 with
accounts whose passwords are argon2id, 3,000 a second in all, whatever the server does; each that is let in sends its
Start. Gateways ask three times, three seconds apart. The same without the accounts, and with the accounts a second
time, show what the hashing costs the others, and what it costs once. None may be refused or stay unanswered.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import track
from sqlalchemy import make_url, select

from benchmarks import load, storms
from benchmarks.ours import PLAN, Ours
from benchmarks.processors import Processors
from benchmarks.storms import WORK, Figures, storm
from hotspots import lookup
from hotspots.database import Database
from hotspots.models import ServicePlan
from hotspots.residents import accounts
from hotspots.vault import Vault

ACCOUNTS: Final = 400
VOUCHERS: Final = 4_000
A_SECOND: Final = 3_000


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


def one_round(server: Ours, processors: Processors, users: Path) -> dict[str, Figures]:
    """The three storms: each of the first two on a server that was just started, the third on the second's."""
    with server.running({}) as endpoint:
        vouchers = {"vouchers": (endpoint.users, VOUCHERS)}
        figures = {
            "without accounts": storm(endpoint, processors, vouchers, A_SECOND * VOUCHERS // (ACCOUNTS + VOUCHERS))
        }
    with server.running({}) as endpoint:
        everybody = {"vouchers": (endpoint.users, VOUCHERS), "accounts": (users, ACCOUNTS)}
        figures["passwords cold"] = storm(endpoint, processors, everybody, A_SECOND)
        figures["the same again"] = storm(endpoint, processors, everybody, A_SECOND)
    return figures


def main(
    store: Annotated[Literal["sqlite", "postgresql"], typer.Option(help="Where ours keeps everything.")] = "sqlite",
    rounds: Annotated[int, typer.Option(min=1, help="How often.")] = 3,
    workers: Annotated[int | None, typer.Option(min=1, help="One a processor of the server if not given.")] = None,
    command: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Our command; this Python's if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a storm of logins in which 400 passwords have to be hashed."""
    processors = Processors.of_this_machine()
    load.build()
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=WORK) as name:
        folder = Path(name)
        users = folder / "radload-accounts"
        ours = command or Path(sys.executable).with_name("hotspots")
        with storms.a_server(ours, store, workers or len(processors.server), processors, folder) as server:
            add_accounts(server.database_url, users)
            wait = track(range(rounds), server.title, console=Console(stderr=True))
            found = list(storms.rows([one_round(server, processors, users) for _ in wait]))
    storms.show("3,000 logins a second after a power cut", found, as_json=as_json)
    if any(row["refused"] or row["unanswered"] for row in found):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
