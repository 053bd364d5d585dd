"""The first start: tables, an inventory to begin with, and somebody who can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Final

from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotspots import audit, lookup, staff
from hotspots.database import Database, open_database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.reading import read_file
from hotspots.models import Authority, StaffMember
from hotspots.settings import Settings
from hotspots.storage import migrate

ADMINISTRATOR: Final = "admin"
EXAMPLE: Final = "powiat-lubelski.yaml"
PATIENCE_SECONDS: Final = 60.0
"""So long a start waits for a database server, which may be recovering from what stopped it, too."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a start found or made.

    Attributes:
        administrator: The name of the first administrator.
        first_password: Their password when they were just made; None ever after.
        migrated: The revision of the database before and after; equal where nothing was to do.
        imported: Whether the example inventory was taken, because there was no authority at all.
    """

    administrator: str
    first_password: SecretStr | None
    migrated: tuple[str | None, str]
    imported: bool


def prepare(settings: Settings) -> Prepared:
    """Bring the database to where the system can run; where all is there already, nothing changes.

    Raises:
        HotspotsError: The inventory is empty, so that there is nothing to be administrator of; or the database does
            not answer.
    """
    now = datetime.now(UTC)
    database = open_database(settings)
    try:
        migrate.wait_until_it_answers(database.engine, PATIENCE_SECONDS)
        migrated = migrate.upgrade(database.engine)
        imported = _import_example(database, now)
        first_password = _add_administrator(database, now)
    finally:
        database.close()
    return Prepared(ADMINISTRATOR, first_password, migrated, imported)


def _import_example(database: Database, now: datetime) -> bool:
    with database.read() as session:
        if _count(session, Authority):
            return False
    with as_file(files("hotspots") / "example" / EXAMPLE) as path:
        inventory = read_file(path)
    import_inventory(database, inventory, source=f"example {EXAMPLE}", actor=audit.COMMAND_LINE, now=now)
    return True


def _add_administrator(database: Database, now: datetime) -> SecretStr | None:
    with database.write() as session:
        if _count(session, StaffMember):
            return None
        _, password = staff.add(
            session,
            name=ADMINISTRATOR,
            role=staff.Role.ADMINISTRATOR,
            authority=lookup.first_authority(session),
            added_by=audit.COMMAND_LINE,
            now=now,
        )
        return password


def _count(session: Session, model: type[Authority | StaffMember]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
