"""A busy network for tests: sessions, usage, decisions and commands over several sites."""

from __future__ import annotations

from datetime import timedelta

from hotspots.database import Database
from hotspots.models import AccessPoint, AccessPointState, Hotspot, SessionCommand, UsageHour
from tests.hotspots.jobs.rows import a_session
from tests.hotspots.places import NOW, add_network

HOUR = NOW.replace(minute=0)


def fill(database: Database, *, hotspots: int = 1, residents: int = 3) -> None:
    """The first hotspot is busy, the others (``hotspots`` in all) have an access point that was never heard."""
    with database.write() as db:
        access_point = add_network(db, database.vault)
        for number in range(1, hotspots):
            db.add(_another(access_point, number))
        db.add(
            AccessPointState(
                access_point_id=access_point.id,
                last_login_at=NOW - timedelta(minutes=30),
                last_accounting_at=NOW - timedelta(minutes=2),
            )
        )
        for number in range(residents):
            session = a_session(
                access_point, None, NOW, user_name=f"resident-{number}", device=f"02:00:00:00:01:{number:02x}"
            )
            db.add(session)
            db.flush()
            db.add(
                SessionCommand(
                    session_id=session.id,
                    cause="limit_reached",
                    asked_by="accounting",
                    asked_at=NOW - timedelta(minutes=11 * number),
                    state="asked",
                )
            )
        for days in (0, 1, 3, 400):
            db.add(
                UsageHour(
                    hour=HOUR - timedelta(days=days),
                    access_point_id=access_point.id,
                    sessions_started=10,
                    session_seconds=3600,
                    octets_up=1 << 32,
                    octets_down=1 << 40,
                )
            )


def _another(like: AccessPoint, number: int) -> AccessPoint:
    place = like.hotspot
    hotspot = Hotspot(
        slug=f"place-{number}", name="Place", authority=place.authority, plan=place.plan, place_kind="library",
        address="-", latitude=51.0, longitude=22.0, declared_range_m=50, ssid="Powiat",
    )  # fmt: skip
    return AccessPoint(
        name=f"ap-{number}", nas_identifier=f"ap-{number}", hotspot=hotspot, make="mikrotik", gateway="mikrotik",
        address=f"127.0.2.{number}", sealed_secret=like.sealed_secret, sealed_uam_secret=like.sealed_uam_secret,
    )  # fmt: skip
