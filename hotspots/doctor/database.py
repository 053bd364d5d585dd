"""Checks of the database, and of the secrets that are kept in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from hotspots import models
from hotspots.access_points.whereabouts import DYNAMIC
from hotspots.database import Database, open_database
from hotspots.doctor.access_points import check_access_points
from hotspots.doctor.audit_log import check_audit_log
from hotspots.doctor.certificates import check_certificates
from hotspots.doctor.commits import check_commits
from hotspots.doctor.finding import Finding, State
from hotspots.doctor.transports import check_transports
from hotspots.errors import HotspotsError
from hotspots.settings import Settings
from hotspots.storage import migrate
from hotspots.storage.database_url import sqlite_file

LEAST_SECRET_CHARACTERS: Final = 16
_FEWEST_DIFFERENT_CHARACTERS: Final = 8
_UPGRADE: Final = "Run: hotspots database upgrade"


def check_database(settings: Settings) -> Iterator[Finding]:
    """The database can be reached and has the tables of this version; then the secrets in it."""
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        yield Finding("database", State.WRONG, f"{file} does not exist", "Run: hotspots run")
        return
    if file is not None and file.stat().st_mode & 0o007 and file.parent.stat().st_mode & 0o007:
        yield Finding("database", State.WRONG, f"{file} is open to everybody", f"Run: chmod o= {file}")
    if not settings.secret_key.get_secret_value():
        yield Finding(
            "database",
            State.WRONG,
            "its secrets cannot be opened without the secret key",
            "Restore the file secret_key that belongs to this database, or set HOTSPOTS_SECRET_KEY",
        )
        return
    database = open_database(settings)
    try:
        with database.engine.connect() as connection:
            found, wanted = migrate.current(connection), migrate.head()
        if found != wanted:
            yield Finding("database", State.WRONG, f"it is at revision {found}, not {wanted}", _UPGRADE)
            return
        yield Finding("database", State.OK, f"{settings.database_url}, revision {found}")
        yield from check_commits(database)
        yield from _check_stored_secrets(database)
        yield from check_access_points(database)
        yield from _check_first_passwords(database)
        yield from check_certificates(database)
        yield from check_transports(database, settings)
        yield from check_audit_log(database)
    except SQLAlchemyError as error:
        # Only the driver's own words: those of SQLAlchemy hold the statement and its values.
        reason = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
        yield Finding(
            "database",
            State.WRONG,
            f"{settings.database_url}: {reason}",
            "Start it, or change HOTSPOTS_DATABASE_URL",
        )
    finally:
        database.close()


def _check_stored_secrets(database: Database) -> Iterator[Finding]:
    with database.read() as session:
        rows = session.scalars(select(models.AccessPoint).where(models.AccessPoint.removed_at.is_(None))).all()
    try:
        secrets = [
            (row.name, row.address, kind, database.vault.open(sealed).get_secret_value())
            for row in rows
            for kind, sealed in (("secret", row.sealed_secret), ("uam secret", row.sealed_uam_secret))
        ]
    except HotspotsError as error:
        yield Finding("access point secrets", State.WRONG, error.message, error.hint)
        return
    findings = [*weak_secrets(secrets), *shared_secrets(secrets)]
    yield from findings
    if not findings:
        yield Finding("access point secrets", State.OK, f"{len(secrets)}, all long and different")


def weak_secrets(secrets: Iterable[tuple[str, str, str, str]]) -> Iterator[Finding]:
    """Those that a listener could guess offline; RFC 2865, section 3, asks for at least 16 octets.

    Args:
        secrets: Of each the access point's name and address, which secret it is, and the secret.
    """
    for name, _, kind, secret in secrets:
        if len(secret) < LEAST_SECRET_CHARACTERS or len(set(secret)) < _FEWEST_DIFFERENT_CHARACTERS:
            yield Finding(
                "access point secrets",
                State.WRONG,
                f"the {kind} of {name} is too easy to guess",
                f"Give it at least {LEAST_SECRET_CHARACTERS} random characters, here and on the access point",
            )


def shared_secrets(secrets: Iterable[tuple[str, str, str, str]]) -> Iterator[Finding]:
    """Those that stand on access points with different addresses: one stolen device would then open the others."""
    holders: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for name, address, kind, secret in secrets:
        # Those without an address are each in a place of their own.
        holders[secret].setdefault(name if address == DYNAMIC else address, f"{name} ({kind})")
    for where in holders.values():
        if len(where) > 1:
            yield Finding(
                "access point secrets",
                State.WRONG,
                f"{', '.join(where.values())} have the same secret",
                "Give each access point a secret of its own",
            )


def _check_first_passwords(database: Database) -> Iterator[Finding]:
    with database.read() as session:
        waiting = session.scalars(
            select(models.StaffMember.name).where(
                models.StaffMember.must_change_password, models.StaffMember.disabled_at.is_(None)
            )
        ).all()
    for name in waiting:
        yield Finding(
            "staff", State.ADVICE, f"{name} still has the first password", "Log in to the dashboard and change it"
        )
