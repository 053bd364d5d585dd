"""What a connection to the database is asked for, and what its address may say of it."""

from __future__ import annotations

from sqlalchemy import URL, text

from hotspots.database import Database, make_engine


def shown(url: URL, *settings: str) -> list[str]:
    engine = make_engine(url)
    with engine.connect() as connection:
        found = [connection.scalar(text(f"SHOW {setting}")) for setting in settings]
    engine.dispose()
    return found


def test_what_the_address_says_of_postgresql_is_taken_and_the_rest_stays(postgresql_database: Database) -> None:
    url = postgresql_database.engine.url
    assert shown(url, "lock_timeout") == ["10s"]
    said = url.update_query_dict({"options": "-c statement_timeout=7s -c lock_timeout=3s"})
    settings = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    assert shown(said, *settings) == ["7s", "3s", "1min"]
