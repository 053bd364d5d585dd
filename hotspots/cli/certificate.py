"""`hotspots certificate`: certificates for RADIUS over TLS (RadSec)."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from hotspots import audit
from hotspots.access_points import whereabouts
from hotspots.certificates import issuing, register
from hotspots.certificates.files import write_new, write_over
from hotspots.certificates.issuing import KeyKind, Purpose
from hotspots.certificates.request import public_key_of
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.errors import HotspotsError
from hotspots.models import Certificate

app = typer.Typer(name="certificate", help="Certificates for RADIUS over TLS (RadSec).", no_args_is_help=True)

_COLUMNS: Final = ("name", "purpose", "serial", "not_before", "not_after", "revoked_at")
_AUTHORITY_FILE: Final = "authority.pem"
_REVOKED_FILE: Final = "revoked.pem"

_Key = Annotated[KeyKind, typer.Option(help="P-256, or RSA for devices that know nothing else.")]
_Days = Annotated[int, typer.Option(min=1, max=3650, help="For how many days it is good.")]
_Into = Annotated[Path, typer.Option(help="Folder for the files; made where it is missing.")]


@app.command(epilog="Example: hotspots certificate authority --into certificates")
def authority(
    into: _Into,
    name: Annotated[str, typer.Option(help="What it is called.")] = "hotspots RadSec",
    key: _Key = KeyKind.EC,
    days: _Days = 3650,
    another: Annotated[
        bool, typer.Option("--another", help="Make a new one beside that which is there, before it ends.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make the authority that signs the others, or write the one that is there; its key stays in the database."""
    now = datetime.now(UTC)
    with opened() as database, database.write() as session:
        there = register.good(session, now, Purpose.AUTHORITY)
        if another or not there:
            private_key = issuing.make_key(key)
            there = [*there, register.found_authority(session, database.vault, name, private_key, now, days)]
        file = write_over(into / _AUTHORITY_FILE, "".join(row.pem for row in there))
        record = _row(there[-1]) | {"file": file}
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots certificate server radius.example.org 192.0.2.10")
def server(
    names: Annotated[list[str], typer.Argument(help="Host names and addresses that access points call it by.")],
    key: _Key = KeyKind.EC,
    days: _Days = 825,
    as_json: JsonOption = False,
) -> None:
    """Make or renew the certificate of the RadSec server; running servers take it over within a moment."""
    now = datetime.now(UTC)
    names = [_host(name) for name in names]
    with opened() as database, database.write() as session:
        row = register.sign_for_server(session, database.vault, names, issuing.make_key(key), now, days)
        record = _row(row)
    show_record(record, as_json=as_json)


@app.command(epilog="Example: hotspots certificate ap belzyce-urzad-1 --into certificates/belzyce-urzad-1")
def ap(
    name: Annotated[str, typer.Argument(help="The access point.")],
    into: _Into,
    key: _Key = KeyKind.EC,
    days: _Days = 825,
    request: Annotated[
        Path | None, typer.Option(help="A request (PKCS #10) that the device made; then no key is made here.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make or renew an access point's certificate. Its key is written once, with mode 0600, and kept nowhere else.

    What it had before stays good until it is revoked.
    """
    now = datetime.now(UTC)
    if request is None:
        private_key = issuing.make_key(key)
        public_key, secret = private_key.public_key(), {f"{name}.key": issuing.key_pem(private_key)}
    else:
        public_key, secret = public_key_of(_octets(request), str(request)), {}
    with opened() as database, database.write() as session:
        row = register.sign_for_access_point(session, database.vault, name, public_key, now, days)
        trusted = register.good(session, now, Purpose.AUTHORITY)
        files = write_new(
            into, secret | {f"{name}.pem": row.pem, _AUTHORITY_FILE: "".join(each.pem for each in trusted)}
        )
        record = _row(row) | {"files": files}
    show_record(record, as_json=as_json)


@app.command("list", epilog="Example: hotspots certificate list --json")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Those that are revoked or over, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the certificates that are good."""
    with opened() as database, database.read() as session:
        rows = register.every(session) if everything else register.good(session, datetime.now(UTC))
        shown = [_row(row) for row in rows]
    show_records(shown, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots certificate revoke belzyce-urzad-1 --superseded")
def revoke(
    which: Annotated[str, typer.Argument(help="An access point or another name, or a serial number.")],
    superseded: Annotated[bool, typer.Option("--superseded", help="All but the newest of that name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let certificates be good no more; connections that use them end within a second or so."""
    now = datetime.now(UTC)
    with opened() as database, database.write() as session:
        found = register.find(session, which, now)
        if any(row.kind == Purpose.AUTHORITY for row in found):
            raise HotspotsError(
                f"{which} is the authority, which all others depend on",
                "make another one, renew the certificates, and revoke those that it signed",
            )
        rows = found[:-1] if superseded else found
        register.revoke(session, rows, now, revoked_by=audit.COMMAND_LINE)
        shown = [_row(row) for row in rows]
    show_records(shown, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots certificate crl --into certificates")
def crl(into: _Into, as_json: JsonOption = False) -> None:
    """Write the list of revoked certificates (CRL) for others; our own server knows without it."""
    now = datetime.now(UTC)
    with opened() as database, database.read() as session:
        text = register.revocation_list(session, database.vault, now)
    file = write_over(into / _REVOKED_FILE, text)
    show_record({"good_until": now + issuing.CRL_GOOD_FOR, "file": file}, as_json=as_json)


def _host(name: str) -> str:
    lowered = name.lower()
    short = "." not in lowered and whereabouts.is_host_name(f"{lowered}.local")
    if not (short or whereabouts.is_host_name(lowered) or _is_address(lowered)):
        raise HotspotsError(
            f"{name!r} is no host name and no address", "write it as radius.example.org or 192.0.2.10"
        )
    return lowered


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HotspotsError(f"{path} cannot be read: {error.strerror}", "name the file of the request") from error


def _row(row: Certificate) -> dict[str, object]:
    return {
        "name": row.name,
        "purpose": row.kind,
        "serial": row.serial,
        "not_before": row.not_before,
        "not_after": row.not_after,
        "revoked_at": row.revoked_at,
    }
