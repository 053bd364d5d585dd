"""`hotspots config`: renders the configuration of an access point into a folder."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from config_templates import from_inventory
from config_templates.intent import AccessPointIntent
from config_templates.render import render
from hotspots import lookup
from hotspots.access_points.transports import RADSEC, certificate_command
from hotspots.certificates import register
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint
from hotspots.settings import load_settings

app = typer.Typer(name="config", help="Configuration of access points.", no_args_is_help=True)

OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
COLUMNS = ("path", "sha256", "octets")


@app.callback()
def _config() -> None:
    """Configuration of access points."""


@app.command("render", epilog="Example: hotspots config render belzyce-urzad-1 --out rendered/belzyce-urzad-1")
def render_access_point(
    access_point: Annotated[str, typer.Argument(metavar="AP", help="Name of the access point.")],
    out: Annotated[Path, typer.Option("--out", help="Folder that the files are written to; made if missing.")],
    radius_server: Annotated[
        list[str] | None,
        typer.Option(
            "--radius-server", help="Address of a RADIUS server as the access point reaches it; twice for two."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the files of an access point, readable by you only: they hold its secrets."""
    intent, warnings = find_intent(access_point, tuple(radius_server or ()))
    for warning in warnings:
        typer.echo(f"note: {warning}", err=True)
    written = write(render(intent), out)
    if as_json:
        named: dict[str, object] = {"access_point": access_point, "make": intent.make, "out": out}
        of_no_use = bool(from_inventory.on_loopback(intent))
        show_record({**named, "files": written, "on_loopback": of_no_use}, as_json=True)
    else:
        show_records(written, as_json=False, columns=COLUMNS)


def find_intent(name: str, radius_addresses: tuple[str, ...] = ()) -> tuple[AccessPointIntent, tuple[str, ...]]:
    """The intent of the access point of that name, and what to warn of.

    Raises:
        HotspotsError: There is no such access point, or it is to speak RADIUS over TLS and has no certificate.
        ConfigError: It cannot be configured as the inventory says.
    """
    with opened() as database, database.read() as session:
        found = _find(session, name)
        intent = from_inventory.intent(
            found,
            load_settings(),
            radius_secret=database.vault.open(found.sealed_secret),
            uam_secret=database.vault.open(found.sealed_uam_secret),
            radius_addresses=radius_addresses,
        )
        return intent, from_inventory.warnings(found, intent)


def _find(session: Session, name: str) -> AccessPoint:
    found = lookup.access_point(session, name)
    if found.radius_transport == RADSEC and not register.has_certificate(session, name, datetime.now(UTC)):
        raise HotspotsError(
            f"{name} is to speak RADIUS over TLS and has no certificate",
            hint=f"make it first: {certificate_command(name)}",
        )
    return found


def write(files: dict[str, str], out: Path) -> list[dict[str, object]]:
    """Write the files below a folder, each in one step and readable by its owner only.

    Returns:
        A record for each file: `path` relative to the folder, `sha256` in hexadecimal, `octets`.

    Raises:
        HotspotsError: The folder cannot be written.
    """
    try:
        return [_write(out, relative, text.encode()) for relative, text in files.items()]
    except OSError as error:
        raise HotspotsError(
            f"{error.filename or out} cannot be written: {error.strerror}", hint="give another folder with --out"
        ) from error


def _write(out: Path, relative: str, octets: bytes) -> dict[str, object]:
    path = out / relative
    path.parent.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    # Beside the file and then over it: whoever copies it meanwhile gets the old or the new one, never half.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY_FILE)
    with os.fdopen(handle, "wb") as file:
        file.write(octets)
    unfinished.replace(path)
    return {"path": relative, "sha256": hashlib.sha256(octets).hexdigest(), "octets": len(octets)}
