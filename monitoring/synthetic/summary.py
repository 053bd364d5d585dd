"""What a simulation says at its end: a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from hotspots.policy import Reason
from monitoring.synthetic.access_point import AccessPoint
from monitoring.synthetic.tally import Tally

_METHODS = {
    "tap": "one tap at the portal",
    "voucher": "a voucher",
    "device": "a remembered device (MAC authentication)",
}

_TOO_FAST = (
    "Devices that come from far away in no time are asked again, and RADIUS alone has no page for them: "
    "HOTSPOTS_TRAVEL_KMH=100000 for hotspots run lets simulated residents be so fast."
)


def show(console: Console, tally: Tally, access_points: Sequence[AccessPoint], seed: int) -> None:
    """Print the counts, how each kind of gateway was played, and what nobody expected."""
    table = Table.grid(padding=(0, 2))
    for name, value in _rows(tally):
        table.add_row(Text(name), Text(value, justify="right"))
    console.print(Text("\nThe residents have gone home", style="bold"))
    console.print(table)
    for line in notes(access_points):
        console.print(Text(line, style="dim"))
    if any(Reason.ASKED_AGAIN_MOVED in reason for reason in tally.refused):
        console.print(Text(_TOO_FAST, style="dim"))
    console.print(Text(f"--seed {seed} plays the same residents again.", style="dim"))
    faults = [*(f"{count} x no answer: {what}" for what, count in tally.unanswered.items())]
    faults += [f"{count} x {what}" for what, count in tally.unexpected.items()]
    for fault in faults:
        console.print(Text(f"UNEXPECTED: {fault}", style="bold red"))
    if not faults:
        console.print(Text("Nothing unexpected.", style="bold green"))


def notes(access_points: Sequence[AccessPoint]) -> list[str]:
    """How the gateways were played, in a line for each kind that was not played whole."""
    others = Counter(point.gateway for point in access_points if not point.has_portal_visit)
    led = any(point.has_portal_visit for point in access_points)
    who = "residents came in by voucher, or with a device that is remembered from another hotspot"
    if not led:
        who = "residents came in by voucher, or with a device from before; no hotspot here leads to the portal"
    return [
        f"{count} x {gateway}: played by RADIUS alone, with the attributes of its make; {who}."
        for gateway, count in sorted(others.items())
    ]


def _rows(tally: Tally) -> Iterable[tuple[str, str]]:
    yield "Residents online", str(len(tally.online))
    yield "Residents never online", str(len(tally.turned_away - tally.online))
    yield "Logins", str(tally.logged_in.total())
    for method, count in tally.logged_in.most_common():
        yield f"  by {_METHODS[method]}", str(count)
    yield "Devices shown the portal, not being remembered", str(tally.shown_the_portal)
    yield "Refused", str(tally.refused.total())
    for reason, count in tally.refused.most_common():
        yield f"  {reason}", str(count)
    yield "Sessions stopped", str(len(tally.sessions))
    for cause, count in Counter(session.terminate_cause for session in tally.sessions).most_common():
        yield f"  {cause}", str(count)
    yield "Disconnected by the server", str(tally.disconnected)
    yield "Octets up, in the Stops", f"{decimal(tally.octets_up)} ({tally.octets_up})"
    yield "Octets down, in the Stops", f"{decimal(tally.octets_down)} ({tally.octets_down})"
    yield "RADIUS requests", str(tally.requests)
    yield "Retransmissions", str(tally.retransmissions)
    yield "Unanswered", str(tally.unanswered.total())
