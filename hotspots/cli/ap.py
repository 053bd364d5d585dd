"""`hotspots ap`: access points."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from hotspots import audit
from hotspots.access_points.whereabouts import DYNAMIC
from hotspots.certificates import register
from hotspots.cli import ap_secret, ap_security
from hotspots.cli.ap_notes import notes
from hotspots.cli.ap_secret import SECRET_OCTETS
from hotspots.cli.opened import opened
from hotspots.cli.output import JsonOption, show_record, show_records
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.inventory.access_points import with_access_point, with_changed_access_point, without_access_point
from hotspots.inventory.apply import edit_inventory
from hotspots.inventory.document import (
    AccessPointEntry,
    Gateway,
    Inventory,
    Make,
    RadiusTransport,
    SignaturePolicy,
)
from hotspots.inventory.faults import Fault, InventoryError
from hotspots.inventory.stored import stored_inventory
from hotspots.models import Controller

app = typer.Typer(name="ap", help="Access points.", no_args_is_help=True)
app.add_typer(ap_secret.app)
app.add_typer(ap_security.app)

_COLUMNS = (
    "name",
    "nas_identifier",
    "address",
    "make",
    "gateway",
    "radius_transport",
    "hotspot",
    "authority",
    "secret",
    "uam_secret",
)
# Our templates have these send a Message-Authenticator; of others nobody knows.
_CONFIGURED_MAKES = ("openwrt", "mikrotik")
_STANDARD_COA_PORT = 3799  # RFC 5176 section 2.1
_COA_PORTS = {"cisco": 1700}  # of "aaa server radius dynamic-author" where it names none

ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="Show the secrets, readable.")]


@app.command(
    epilog="Example: hotspots ap add belzyce-urzad-2 --hotspot belzyce-urzad --address 10.20.1.2"
    " --make openwrt --gateway coovachilli"
)
def add(
    name: Annotated[str, typer.Argument(help="Its name, unique.")],
    hotspot: Annotated[str, typer.Option(help="Slug of its hotspot.")],
    address: Annotated[
        str, typer.Option(help="From where its requests come: an IP address, a subnet, a host name, or dynamic.")
    ],
    make: Annotated[Make, typer.Option(help="Whose device it is.")],
    gateway: Annotated[Gateway, typer.Option(help="What keeps the gate on it.")],
    secret: Annotated[str | None, typer.Option(help="RADIUS secret; made where not given.")] = None,
    uam_secret: Annotated[str | None, typer.Option(help="UAM secret; made where not given.")] = None,
    nas_identifier: Annotated[str | None, typer.Option(help="What it calls itself; its name if not given.")] = None,
    message_authenticator: Annotated[
        SignaturePolicy | None,
        typer.Option(
            help="Whether requests without one are dropped; where not given: required for makes that we configure, "
            "learn (from the first one on) for the others."
        ),
    ] = None,
    radius_transport: Annotated[
        RadiusTransport, typer.Option(help="What its configuration is made for: RADIUS over UDP, or over TLS.")
    ] = "udp",
    coa_port: Annotated[
        int | None,
        typer.Option(help="UDP port on which it takes Disconnects; where not given: 1700 for cisco, else 3799."),
    ] = None,
    fas_level: Annotated[int, typer.Option(min=1, max=4, help="Of an openNDS: its option fas_secure_enabled.")] = 3,
    controller: Annotated[
        str | None,
        typer.Option(help="What lets its visitors in, where the portal has to ask: hotspots controller list."),
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="What the controller calls its site; default if not given.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Add an access point. RADIUS and portal know it within moments."""
    entry = _entry(
        name=name,
        address=address,
        make=make,
        gateway=gateway,
        secret=SecretStr(secret if secret is not None else secrets.token_urlsafe(SECRET_OCTETS)),
        uam_secret=SecretStr(uam_secret if uam_secret is not None else secrets.token_urlsafe(SECRET_OCTETS)),
        nas_identifier=nas_identifier,
        message_authenticator=message_authenticator or _policy(make, address),
        radius_transport=radius_transport,
        coa_port=coa_port if coa_port is not None else _COA_PORTS.get(gateway, _STANDARD_COA_PORT),
        fas_level=fas_level,
        controller=controller,
        site=site,
    )
    with opened() as database:
        edit_inventory(
            database,
            lambda inventory: with_access_point(inventory, hotspot, entry),
            source=f"ap add {name}",
            actor=audit.COMMAND_LINE,
            now=datetime.now(UTC),
        )
        inventory = _stored(database)
        show_record(next(row for row in _rows(inventory) if row["name"] == name), as_json=as_json)
        _say_notes(database, inventory, entry)


@app.command(epilog="Example: hotspots ap change belzyce-urzad-2 --message-authenticator required")
def change(
    name: Annotated[str, typer.Argument(help="Its name.")],
    address: Annotated[str | None, typer.Option(help="From where its requests come, as for ap add.")] = None,
    message_authenticator: Annotated[
        SignaturePolicy | None, typer.Option(help="Whether requests without one are dropped; learn begins anew.")
    ] = None,
    timeout_ms: Annotated[int | None, typer.Option(help="How long it waits for an answer.")] = None,
    radius_transport: Annotated[
        RadiusTransport | None, typer.Option(help="What its configuration is made for, as for ap add.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Change what is known of an access point; what is not given stays. Its secret: hotspots ap secret."""
    given = {
        "address": address,
        "message_authenticator": message_authenticator,
        "timeout_ms": timeout_ms,
        "radius_transport": radius_transport,
    }
    fields = {field: value for field, value in given.items() if value is not None}
    if not fields:
        raise HotspotsError("nothing is to be changed", hint="give at least one option: hotspots ap change --help")
    with opened() as database:
        try:
            edit_inventory(
                database,
                lambda inventory: with_changed_access_point(inventory, name, fields),
                source=f"ap change {name}",
                actor=audit.COMMAND_LINE,
                now=datetime.now(UTC),
            )
        except ValidationError as error:
            raise _as_options(name, error) from None
        inventory = _stored(database)
        entry = _named(inventory, name)
        show_record({"name": name} | {field: getattr(entry, field) for field in given}, as_json=as_json)
        _say_notes(database, inventory, entry)


@app.command("list", epilog="Example: hotspots ap list --json")
def list_(show_secrets: ShowSecrets = False, as_json: JsonOption = False) -> None:
    """List the access points that are in service."""
    with opened() as database:
        rows = _rows(_stored(database))
    if show_secrets:
        rows = [{name: _readable(value) for name, value in row.items()} for row in rows]
    show_records(rows, as_json=as_json, columns=_COLUMNS)


@app.command(epilog="Example: hotspots ap remove belzyce-urzad-2")
def remove(name: Annotated[str, typer.Argument(help="Its name.")], as_json: JsonOption = False) -> None:
    """Take an access point out of service; its sessions and usage are kept."""
    now = datetime.now(UTC)
    with opened() as database:
        edit_inventory(
            database,
            lambda inventory: without_access_point(inventory, name),
            source=f"ap remove {name}",
            actor=audit.COMMAND_LINE,
            now=now,
        )
    show_record({"name": name, "removed_at": now}, as_json=as_json)


def _policy(make: Make, address: str) -> SignaturePolicy:
    return "required" if make in _CONFIGURED_MAKES or address == DYNAMIC else "learn"


def _entry(**fields: Any) -> AccessPointEntry:
    try:
        return AccessPointEntry(**fields)
    except ValidationError as error:
        raise _as_options(fields["name"], error) from None


def _as_options(name: str, error: ValidationError) -> InventoryError:
    """What is wrong with the options that were given."""
    faults = [
        Fault(0, _option(detail["loc"]), detail["msg"].removeprefix("Value error, "))
        for detail in error.errors(include_url=False, include_input=False)
    ]
    return InventoryError(f"access point {name}", faults)


def _option(place: tuple[int | str, ...]) -> str:
    return f"--{str(place[0]).replace('_', '-')}" if place else "the options"


def _stored(database: Database) -> Inventory:
    with database.read() as session:
        return stored_inventory(session, database.vault)


def _named(inventory: Inventory, name: str) -> AccessPointEntry:
    hotspots = [hotspot for authority in inventory.authorities for hotspot in authority.hotspots]
    return next(entry for hotspot in hotspots for entry in hotspot.access_points if entry.name == name)


def _rows(inventory: Inventory) -> list[dict[str, object]]:
    return [
        {
            "name": entry.name,
            "nas_identifier": entry.identifier,
            "address": entry.address,
            "make": entry.make,
            "gateway": entry.gateway,
            "radius_transport": entry.radius_transport,
            "hotspot": hotspot.slug,
            "authority": authority.slug,
            "secret": entry.secret,
            "uam_secret": entry.uam_secret,
        }
        for authority in inventory.authorities
        for hotspot in authority.hotspots
        for entry in hotspot.access_points
    ]


def _readable(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _say_notes(database: Database, inventory: Inventory, entry: AccessPointEntry) -> None:
    with database.read() as session:
        certified = register.has_certificate(session, entry.name, datetime.now(UTC))
        controllers = session.scalars(select(Controller.name)).all()
    for note in notes(inventory, entry, certified=certified, controllers=controllers):
        typer.echo(f"note: {note}", err=True)
