"""`python -m benchmarks.million`: makes the rows in a PostgreSQL of its own, and measures."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import make_url

from benchmarks import load, machine, postgresql
from benchmarks.million import memory, pages, places, rows, service
from benchmarks.processors import Processors
from hotspots import keys, secret_key
from hotspots.backups.taking import take
from hotspots.database import Database
from hotspots.settings import Settings
from hotspots.vault import Vault

WORK: Final = Path("/var/tmp")  # noqa: S108 - only the parent of a folder with a random name
OUT: Final = Path(__file__).parents[1] / "out"
POSTGRESQL: Final = {"shared_buffers": "2GB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}
"""What one sets for a database of this size. Durability is left as it comes."""


def main(
    sessions: Annotated[list[int] | None, typer.Option(help="Rows of sessions; may be repeated, growing.")] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Of each load.")] = 6.0,
    backup: Annotated[bool, typer.Option(help="Take a backup, too.")] = True,
    backup_up_to: Annotated[int, typer.Option(help="Not of more rows than these.")] = 5_000_000,
    command: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Our command; this Python's if not given.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write here; else into benchmarks/out/.")] = None,
) -> None:
    """Measure with 1, 5 and 20 million sessions of up to a million residents at 220 access points.

    20 million need about 15 GB in /var/tmp for as long as it runs, and a quarter of an hour.
    """
    steps = sorted(sessions or [1_000_000, 5_000_000, 20_000_000])
    processors = Processors.of_this_machine()
    load.build()
    OUT.mkdir(exist_ok=True)
    path = json_file or OUT / f"million-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="powiat-hotspots-", dir=WORK) as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL, which is another user, passes through
        everywhere = tuple(sorted(os.sched_getaffinity(0)))
        found: dict[str, Any] = {"machine": machine.facts(processors, folder), "steps": []}
        with postgresql.running(folder / "postgresql", everywhere, POSTGRESQL) as cluster:
            ours = command or Path(sys.executable).with_name("hotspots")
            inventory = places.write(folder / "places.yaml")
            server = service.OnTheLargeOne("large", ours, 1, folder, processors, cluster, inventory, places.PLACES)
            server.prepare()
            settings = _settings(folder / "large" / "pristine", server.database_url)
            for count in steps:
                step = _measure(server, processors, settings, count, seconds, console)
                if backup and count <= backup_up_to:
                    step["backup"] = _backup(settings, folder)
                found["steps"].append(step)
                path.write_text(json.dumps(found, indent=2) + "\n")
                console.print_json(data=step)
    console.print(f"Written to {path}")


def _measure(
    server: service.OnTheLargeOne,
    processors: Processors,
    settings: Settings,
    count: int,
    seconds: float,
    console: Console,
) -> dict[str, Any]:
    database = _database(settings)
    now = datetime.now(UTC)
    began = time.perf_counter()
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=1)

        def told(what: str, done: int, total: int) -> None:
            progress.update(task, description=f"{count:,}: {what}", completed=done, total=total)

        rows.fill(database, count, now, told)
    made = time.perf_counter() - began
    console.print(f"{count:,} rows made in {made:.0f} s; measuring")
    step = {
        "load_average": os.getloadavg(),
        "made_seconds": made,
        "sizes": service.sizes(database),
        "pages_ms": pages.measure(settings, database, now),
        "radius": service.radius(server, processors, seconds),
        "memory": memory.measure(settings, database),
        "jobs": service.jobs(database, now),
    }
    database.close()
    return step


def _backup(settings: Settings, folder: Path) -> dict[str, float]:
    database, path = _database(settings), folder / "backup.db"
    began = time.perf_counter()
    taken = take(database.engine, settings, path, datetime.now(UTC))
    took = time.perf_counter() - began
    database.close()
    path.unlink()
    return {"seconds": took, "gigabytes": taken.octets / 1e9}


def _settings(data: Path, url: str) -> Settings:
    """Those of the server that was prepared there, with its key."""
    key: SecretStr = secret_key.read_or_make(data)
    at = make_url(url).set(drivername="postgresql+psycopg")
    return Settings(data_dir=data, database_url=at, secret_key=key)


def _database(settings: Settings) -> Database:
    return Database(settings.database_url, Vault(keys.derive(settings.secret_key, keys.SECRETS_AT_REST)))


if __name__ == "__main__":
    typer.run(main)
