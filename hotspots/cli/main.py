"""The frame of the `hotspots` command: finds the subcommands, shows errors in a line."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import entry_points, version
from typing import Annotated, Final

import typer

from hotspots.errors import HotspotsError

ENTRY_POINTS: Final = "hotspots.commands"
OWN_COMMANDS: Final = (
    "run",
    "doctor",
    "database",
    "backup",
    "restore",
    "recorder",
    "scheduler",
    "inventory",
    "ap",
    "controller",
    "certificate",
    "ways-in",
    "voucher",
    "account",
    "authority",
    "session",
    "hold",
    "usage",
    "staff",
)

_log = logging.getLogger(__name__)

Loader = Callable[[], typer.Typer]


def main() -> None:
    """Run the command line and exit; an error that its reader can mend is one line and its own exit status."""
    try:
        build(sys.argv[1:])()
    except HotspotsError as error:
        sys.exit(report(error))


def report(error: HotspotsError) -> int:
    """Tell the person at the terminal; returns the exit status."""
    print(f"hotspots: {error}", file=sys.stderr)
    return error.exit_code


def build(arguments: Sequence[str]) -> typer.Typer:
    """The command line for these arguments.

    A command that is asked for by name loads only the module that offers it, so that each process of
    `hotspots run` starts quickly and a broken room breaks its own commands only.
    """
    app = typer.Typer(
        name="hotspots",
        help="Public Wi-Fi of a powiat: RADIUS, captive portal, monitoring, access-point configuration.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        callback=_options,
    )
    loaders = _loaders()
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    if wanted in loaders:
        _add(app, loaders[wanted]())
        return app
    offered: list[typer.Typer] = []
    for name, load in loaders.items():
        try:
            room = load()
        except ImportError:
            _log.exception("the commands of %s cannot be loaded", name)
            continue
        if room not in offered:
            offered.append(room)
            _add(app, room)
    return app


def _loaders() -> dict[str, Loader]:
    """By the name of a command: its own module, or what a room registered under that name."""
    own: dict[str, Loader] = {name: lambda name=name: _own(name) for name in OWN_COMMANDS}  # type: ignore[misc]
    return own | {entry.name: entry.load for entry in entry_points(group=ENTRY_POINTS)}


def _own(name: str) -> typer.Typer:
    app = import_module(f"hotspots.cli.{name.replace('-', '_')}").app
    if not isinstance(app, typer.Typer):
        raise TypeError(f"hotspots.cli.{name}.app is not a Typer application")
    return app


def _add(app: typer.Typer, room: typer.Typer) -> None:
    # An application without a name gives its commands to the top level (Typer, "one file per command").
    name = room.info.name
    app.add_typer(room, name=name if isinstance(name, str) else None)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("powiat-hotspots"))
        raise typer.Exit


def _options(
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done, not only warnings.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    logging.Formatter.converter = time.gmtime
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)sZ %(levelname)s %(name)s: %(message)s",
        datefmt="%Y-%m-%dT%H:%M:%S",
    )
    # What migrations are made of concerns nobody who runs them.
    logging.getLogger("alembic").setLevel(logging.WARNING)
