"""Checks of access points: secrets that are being changed, host names, and who need not sign."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import select

from hotspots.access_points import host_lookup, secret_change, whereabouts
from hotspots.access_points.secret_change import SecretChange
from hotspots.database import Database
from hotspots.doctor.finding import Finding, State
from hotspots.models import AccessPoint, AccessPointState

PATIENCE_SECONDS: Final = 5.0
_CHECK: Final = "access points"


def check_access_points(database: Database) -> Iterator[Finding]:
    """What should be done about those in service; one line where all is well."""
    with database.read() as db:
        changes = secret_change.under_way(db)
        rows = db.execute(
            select(AccessPoint, AccessPointState)
            .outerjoin(AccessPointState, AccessPointState.access_point_id == AccessPoint.id)
            .where(AccessPoint.removed_at.is_(None))
            .order_by(AccessPoint.name)
        ).all()
    known = [(row, state or AccessPointState()) for row, state in rows]
    findings = [
        *(judge_change(change) for change in changes),
        *(finding for row, state in known if (finding := judge_signing(row, state.signed_at)) is not None),
        *_check_host_names(known),
    ]
    yield from findings
    if not findings:
        yield Finding(_CHECK, State.OK, f"{len(known)}, all sign, and each has one secret")


def judge_change(change: SecretChange) -> Finding:
    """A change is a matter of days: then one of the two secrets is not needed."""
    since = change.former_unused_since()
    name = change.access_point
    if since is None:
        return Finding(
            _CHECK,
            State.ADVICE,
            f"{name} still has its former secret, which was changed on {_day(change.since)}",
            "Roll its configuration out, or take the change back: "
            f"hotspots ap secret change {name} --at-once --secret FORMER",
        )
    return Finding(
        _CHECK,
        State.ADVICE,
        f"{name} has its new secret and has not used the former one since {_day(since)}",
        f"Run: hotspots ap secret drop-former {name}; the scheduler does so after some days",
    )


def judge_signing(row: AccessPoint, signed_at: datetime | None) -> Finding | None:
    """Who need not sign has its logins forged by whoever can change packets on the line (CVE-2024-3596)."""
    if row.message_authenticator == "required" or (row.message_authenticator == "learn" and signed_at is not None):
        return None
    on_device = "Have it sign: hotspots ap security says how"
    if row.message_authenticator == "learn":
        said = f"{row.name} has not sent a Message-Authenticator yet, so logins without one are taken from it"
        return Finding(_CHECK, State.ADVICE, said, on_device)
    demand = f"hotspots ap change {row.name} --message-authenticator required"
    if signed_at is not None:
        said = f"{row.name} has sent a Message-Authenticator since {_day(signed_at)}, and need not"
        return Finding(_CHECK, State.WRONG, said, f"Run: {demand}")
    said = f"{row.name} need not send a Message-Authenticator: logins can be forged on the line (CVE-2024-3596)"
    return Finding(_CHECK, State.WRONG, said, f"{on_device}; then: {demand}")


def _check_host_names(known: Iterable[tuple[AccessPoint, AccessPointState]]) -> Iterator[Finding]:
    named = [(name, state) for row, state in known if (name := whereabouts.host_name_of(row.address)) is not None]
    failed = failing({name for name, _ in named}, host_lookup.resolve, PATIENCE_SECONDS)
    for name, state in named:
        if name not in failed:
            continue
        last = (
            f"RADIUS goes on with {state.resolved_addresses}"
            if state.resolved_addresses
            else "it is unknown so far"
        )
        yield Finding(
            _CHECK,
            State.WRONG,
            f"the host name {name} has no address: {failed[name]}; {last}",
            "Mend the name (dynamic DNS on its line), or use address: dynamic",
        )


def failing(names: Iterable[str], look_up: Callable[[str], str], patience_seconds: float) -> dict[str, str]:
    """The names without an answer within so long, and why; all are asked at the same time."""
    left = dict.fromkeys(names, f"no answer within {patience_seconds:.0f} s")

    def ask(name: str) -> None:
        try:
            look_up(name)
        except OSError as error:
            left[name] = str(error)
        else:
            left.pop(name, None)

    # Nothing takes a question back from the resolver: what has not ended in time ends with the process.
    threads = [threading.Thread(target=ask, args=(name,), daemon=True) for name in tuple(left)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience_seconds)
    return dict(left)


def _day(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
