"""`hotspots controller`: what the portal has to ask before visitors of its access points are let in."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr
from sqlalchemy import select

from hotspots import audit, lookup
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, Controller

app = typer.Typer(name="controller", help="Controllers of Wi-Fi that let visitors in.", no_args_is_help=True)

_COLUMNS = ("name", "kind", "url", "certificate_sha256", "user_name")
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_Name = Annotated[str, typer.Argument(help="Its name, by which access points refer to it.")]


@app.command(
    epilog="Example: hotspots controller add gmina --url https://10.20.0.2 --certificate-sha256 FINGERPRINT"
)
def add(
    name: _Name,
    url: Annotated[str, typer.Option(help="Where its web interface is, by HTTPS.")],
    certificate_sha256: Annotated[
        str | None, typer.Option(help="SHA-256 of its certificate; left out where a public authority signed it.")
    ] = None,
    kind: Annotated[Literal["unifi", "smartzone"], typer.Option(help="Whose it is.")] = "unifi",
    user_name: Annotated[
        str | None, typer.Option(help="Of a smartzone: the name that goes with the password, where it has one.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Add a controller, or change one; the key of its API is asked for, or read from the standard input.

    Of a smartzone that is the password of its northbound portal interface.
    """
    if user_name is not None and kind != "smartzone":
        raise HotspotsError(f"a controller of {kind} has a key and no user name", hint="leave --user-name out")
    row = Controller(
        name=name,
        kind=kind,
        url=_checked(url),
        certificate_sha256=_fingerprint(certificate_sha256),
        user_name=user_name,
        sealed_key=b"",
    )
    with opened() as database:
        row.sealed_key = database.vault.seal(_key())
        with database.write() as session:
            audit.append(
                session, actor=audit.COMMAND_LINE, action="controller.add", subject=name, now=datetime.now(UTC)
            )
            record = _row(session.merge(row))
    show_record(record, as_json=as_json)


@app.command("list", epilog="Example: hotspots controller list --json")
def list_(as_json: JsonOption = False) -> None:
    """List the controllers."""
    with opened() as database, database.read() as session:
        rows = [_row(row) for row in session.scalars(select(Controller).order_by(Controller.name))]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots controller remove gmina")
def remove(name: _Name, as_json: JsonOption = False) -> None:
    """Forget a controller that no access point refers to."""
    now = datetime.now(UTC)
    with opened() as database, database.write() as session:
        row = session.get(Controller, name)
        if row is None:
            known = session.scalars(select(Controller.name)).all()
            raise HotspotsError(f"there is no controller {name}", hint=lookup.suggestion(name, known))
        in_use = select(AccessPoint.name).where(AccessPoint.controller == name, AccessPoint.removed_at.is_(None))
        used_by = session.scalars(in_use.order_by(AccessPoint.name)).all()
        if used_by:
            raise HotspotsError(
                f"the controller {name} lets visitors in at {', '.join(used_by)}", hint="change these first"
            )
        session.delete(row)
        audit.append(session, actor=audit.COMMAND_LINE, action="controller.remove", subject=name, now=now)
    show_record({"name": name, "removed_at": now}, as_json=as_json)


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise HotspotsError(f"{url} is no address of a controller", hint="write https:// and its name or address")
    return url.rstrip("/")


def _fingerprint(text: str | None) -> str | None:
    if text is None:
        return None
    digits = text.replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(digits):
        raise HotspotsError(
            f"{text} is no SHA-256 of a certificate",
            hint="it is shown by: openssl s_client -connect HOST:443 </dev/null "
            "| openssl x509 -noout -fingerprint -sha256",
        )
    return digits


def _key() -> SecretStr:
    """From whoever sits at the terminal; otherwise the first line of the standard input."""
    key = (
        typer.prompt("Key of the API, or password", hide_input=True, err=True)
        if sys.stdin.isatty()
        else sys.stdin.readline().strip()
    )
    if not key:
        raise HotspotsError("there is no key on the standard input", hint="type it, or pipe it in as one line")
    return SecretStr(key)


def _row(row: Controller) -> dict[str, object]:
    return {name: getattr(row, name) for name in _COLUMNS}
