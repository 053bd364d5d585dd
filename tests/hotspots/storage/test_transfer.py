"""What the digest of a table says, on both kinds of database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.engine import make_url

from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import Session, UsedTicket
from hotspots.storage import migrate, transfer
from tests.hotspots.everything import ROWS, fill_every_table
from tests.hotspots.places import NOW


def contents(database: Database) -> dict[str, transfer.Content]:
    with database.engine.connect() as connection:
        return transfer.contents(connection)


def test_every_table_has_its_rows_and_a_digest_of_its_own(database: Database) -> None:
    fill_every_table(database)

    found = contents(database)

    assert set(found) == {table.name for table in transfer.tables()}
    assert found["sessions"].rows == ROWS
    assert len({content.sha256 for content in found.values()}) == len(found)


@pytest.mark.parametrize(
    "change",
    [
        {"octets_down": 17},
        {"user_name": "somebody  else"},
        {"device": None},
        {"stopped_at": NOW},
        {"limit_seconds": None},
    ],
)
def test_one_changed_value_shows_in_its_table_only(database: Database, change: dict[str, object]) -> None:
    fill_every_table(database)
    before = contents(database)

    with database.write() as db:
        db.execute(update(Session).where(Session.id == 2).values(**change))

    after = contents(database)
    assert [name for name in before if before[name] != after[name]] == ["sessions"]


def test_the_order_of_text_is_that_of_its_octets_on_every_database(database: Database, tmp_path: Path) -> None:
    nonces = ("b", "B", "a", "ą", "A-", "A", "_", "Ź", "z", "🛜")
    other = Database(make_url(f"sqlite:///{tmp_path / 'other.db'}"), database.vault)
    migrate.upgrade(other.engine)

    for each, order in ((database, nonces), (other, reversed(nonces))):
        with each.write() as db:
            db.execute(insert(UsedTicket), [{"nonce": nonce, "expires_at": NOW} for nonce in order])

    assert contents(database)["used_tickets"] == contents(other)["used_tickets"]
    other.close()


def test_what_cannot_be_read_is_named_without_its_value(sqlite_database: Database) -> None:
    fill_every_table(sqlite_database)
    with sqlite_database.engine.begin() as connection:
        connection.execute(text("UPDATE login_decisions SET checks = '{secret' WHERE id = 3"))

    with pytest.raises(HotspotsError) as caught:
        contents(sqlite_database)

    assert str(caught.value).startswith("comparing login_decisions failed after ")
    assert "secret" not in str(caught.value)
