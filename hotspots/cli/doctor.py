"""`hotspots doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer
from rich.text import Text

from hotspots.cli.output import JsonOption, console, show_record
from hotspots.doctor import Finding, State, examine

_STYLES: Final = {
    State.OK: "green",
    State.ADVICE: "yellow",
    State.UNKNOWN: "yellow",
    State.WRONG: "bold red",
}

app = typer.Typer()


@app.command(epilog="Example: hotspots doctor --json")
def doctor(as_json: JsonOption = False) -> None:
    """Check settings, files, ports, clock, database and secrets; the exit status is 1 when something is wrong."""
    findings = examine()
    wrong = [finding for finding in findings if finding.state is State.WRONG]
    if as_json:
        show_record({"ok": not wrong, "findings": findings}, as_json=True)
    else:
        _print(findings)
    if wrong:
        raise typer.Exit(1)


def _print(findings: Sequence[Finding]) -> None:
    screen = console()
    for finding in findings:
        screen.print(
            Text.assemble((f"{finding.state:8}", _STYLES[finding.state]), finding.check, ": ", finding.message)
        )
        if finding.remedy:
            screen.print(Text(f"{'':8}-> {finding.remedy}"))
