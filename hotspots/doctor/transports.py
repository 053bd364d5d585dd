"""Checks of the access points that are to speak RADIUS over TLS: that they can, and do."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select

from hotspots.access_points.transports import CUSTOMARY_RADSEC_PORT, RADSEC, UDP, certificate_command
from hotspots.certificates import register
from hotspots.certificates.issuing import Purpose
from hotspots.database import Database
from hotspots.doctor.finding import Finding, State
from hotspots.models import AccessPoint, AccessPointState
from hotspots.settings import Settings

_CHECK: Final = "RADIUS over TLS"


@dataclass(frozen=True, slots=True)
class OverTls:
    """An access point that is to speak RADIUS over TLS, and what it spoke last, None where nothing was heard."""

    name: str
    certified: bool
    seen: str | None


def check_transports(database: Database, settings: Settings) -> Iterator[Finding]:
    """What they and the server lack; nothing where no access point is to speak RADIUS over TLS."""
    now = datetime.now(UTC)
    with database.read() as session:
        good = register.good(session, now)
        rows = session.execute(
            select(AccessPoint.id, AccessPoint.name, AccessPointState.transport)
            .outerjoin(AccessPointState, AccessPointState.access_point_id == AccessPoint.id)
            .where(AccessPoint.removed_at.is_(None), AccessPoint.radius_transport == RADSEC)
            .order_by(AccessPoint.name)
        ).all()
    certified = {certificate.access_point_id for certificate in good}
    points = [OverTls(name, number in certified, seen) for number, name, seen in rows]
    kinds = {certificate.kind for certificate in good}
    yield from judge_transports(points, kinds, listens=settings.radsec_port is not None)


def judge_transports(points: Sequence[OverTls], kinds: Collection[str], *, listens: bool) -> Iterator[Finding]:
    """What to do, by the access points, the kinds of good certificates that there are, and whether a port is set."""
    if not points:
        return
    findings = [*_of_the_server(kinds, listens=listens), *(found for point in points if (found := _of(point)))]
    yield from findings
    if not findings:
        yield Finding(_CHECK, State.OK, f"{len(points)}, each with a certificate")


def _of_the_server(kinds: Collection[str], *, listens: bool) -> Iterator[Finding]:
    if Purpose.SERVER not in kinds:
        said = "the server has no certificate, so no access point gets in"
        yield Finding(_CHECK, State.WRONG, said, "Run: hotspots certificate server NAME")
    if not listens:
        said = "`hotspots run` serves none: HOTSPOTS_RADSEC_PORT is not set"
        yield Finding(
            _CHECK,
            State.ADVICE,
            said,
            f"Set it to {CUSTOMARY_RADSEC_PORT}, unless hotspots radsec is a unit of its own",
        )


def _of(point: OverTls) -> Finding | None:
    if not point.certified:
        said = f"{point.name} is to speak it and has no good certificate"
        return Finding(_CHECK, State.WRONG, said, f"Run: {certificate_command(point.name)}")
    if point.seen == UDP:
        said = f"{point.name} is to speak it and spoke UDP last"
        return Finding(_CHECK, State.ADVICE, said, "Roll its configuration out: hotspots config render")
    return None
