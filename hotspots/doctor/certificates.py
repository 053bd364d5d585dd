"""Checks of the certificates for RADIUS over TLS: that each is renewed before it is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from hotspots.certificates import register
from hotspots.certificates.issuing import Purpose
from hotspots.database import Database
from hotspots.doctor.finding import Finding, State
from hotspots.models import Certificate

RENEW_BEFORE: Final = timedelta(days=30)
"""Time to visit an access point; as the alert rule has it."""

_RENEW: Final = {
    Purpose.AUTHORITY: "certificate authority --another --name NAME --into FOLDER, then renew the others",
    Purpose.SERVER: "certificate server NAME",
    Purpose.ACCESS_POINT: "certificate ap {name} --into FOLDER",
}


def check_certificates(database: Database) -> Iterator[Finding]:
    """Those that are over, or will be soon."""
    with database.read() as session:
        rows = register.newest(session)
    yield from judge_certificates(rows, datetime.now(UTC))


def judge_certificates(rows: Sequence[Certificate], now: datetime) -> Iterator[Finding]:
    """What the ends of the newest certificates mean; nothing where there are none, since nobody has to use TLS."""
    ending = [row for row in rows if row.not_after - now < RENEW_BEFORE]
    for row in ending:
        days = (row.not_after - now) / timedelta(days=1)
        how = f"is over since {row.not_after:%Y-%m-%d}" if days < 0 else f"will be over in {days:.0f} days"
        purpose = Purpose(row.kind)
        yield Finding(
            "certificates",
            State.WRONG if days < 0 else State.ADVICE,
            f"that of {row.name} ({purpose.value.replace('_', ' ')}) {how}",
            f"Run: hotspots {_RENEW[purpose].format(name=row.name)}",
        )
    if rows and not ending:
        yield Finding("certificates", State.OK, f"{len(rows)}, all good for more than {RENEW_BEFORE.days} days")
