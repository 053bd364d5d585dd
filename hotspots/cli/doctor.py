"""`hotspots doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

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

_NOT_GOOD: Final = set(State) - {State.OK}

StrictOption = Annotated[
    bool, typer.Option("--strict", help="Fail for what is advised or could not be found out, too.")
]

app = typer.Typer()


@app.command(epilog="Example: hotspots doctor --json")
def doctor(strict: StrictOption = False, as_json: JsonOption = False) -> None:
    """Check settings, files, ports, clock, database and secrets; the exit status is 1 when something is wrong."""
    findings = examine()
    failing = _NOT_GOOD if strict else {State.WRONG}
    ok = not any(finding.state in failing for finding in findings)
    if as_json:
        show_record({"ok": ok, "findings": findings}, as_json=True)
    else:
        _print(findings)
    if not ok:
        raise typer.Exit(1)


def _print(findings: Sequence[Finding]) -> None:
    screen = console()
    for finding in findings:
        screen.print(
            Text.assemble((f"{finding.state:8}", _STYLES[finding.state]), finding.check, ": ", finding.message)
        )
        if finding.remedy:
            screen.print(Text(f"{'':8}-> {finding.remedy}"))
