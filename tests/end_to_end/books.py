"""The gateways' books against ours: what was answered, and what the database holds of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL

from hotspots.database import make_engine
from tests.end_to_end.installation import Installation, eventually

STOP = 2  # Acct-Status-Type, RFC 2866 section 5.1
_SESSIONS = """
    SELECT acct_session_id, session_seconds, octets_up, octets_down, stopped_at, octets_from_client_view
    FROM sessions JOIN access_points ON access_points.id = access_point_id
"""
_HOURS = """
    SELECT sum(sessions_started), sum(session_seconds), sum(octets_up + octets_down) FROM usage_hours
"""


@dataclass(frozen=True)
class Entry:
    """One session as a gateway counts it: time, and octets from and to its client."""

    session: str
    seconds: int
    received: int
    sent: int
    ended: bool


@dataclass(frozen=True)
class Hours:
    """The sums of all hours and access points."""

    sessions: int
    seconds: int
    octets: int


def compare(installation: Installation, journal: Path) -> list[str]:
    """What the database of an installation lacks or has too much of, once its spool is worked off."""
    assert eventually(lambda: installation.spooled_octets == 0, 60), "the spool was not worked off"
    return list(differences(answered(journal), *kept(installation.database_url)))


def answered(journal: Path) -> list[Entry]:
    """The newest record of each session that was answered, from radload's journal."""
    newest: dict[str, Entry] = {}
    for line in journal.read_text().splitlines():
        session, status, seconds, received, sent = line.split()
        entry = Entry(session, int(seconds), int(received), int(sent), int(status) == STOP)
        # Each record of a session counts on from the one before.
        newest[session] = max(entry, newest.get(session, entry), key=attrgetter("ended", "seconds"))
    return list(newest.values())


def kept(url: URL) -> tuple[list[Entry], Hours]:
    """All sessions of the database by name, and the sums of its hours."""
    engine = make_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text(_SESSIONS)).all()
        hours = Hours(*(int(value or 0) for value in connection.execute(text(_HOURS)).one()))
    engine.dispose()
    return sorted((_entry(*row) for row in rows), key=lambda entry: entry.session), hours


def _entry(session: str, seconds: int, up: int, down: int, stopped_at: object, client_view: bool) -> Entry:
    # What such a gateway calls received is what its client received.
    received, sent = (down, up) if client_view else (up, down)
    return Entry(session, seconds, received, sent, stopped_at is not None)


def differences(theirs: list[Entry], ours: list[Entry], hours: Hours) -> Iterator[str]:
    """What does not agree, in words; nothing where each answered record is there with its octets, and none twice.

    All that was sent must have been answered: then nothing else may be there either.
    """
    for session, times in Counter(each.session for each in ours).items():
        if times > 1:
            yield f"{session} is there {times} times"
    by_name = {each.session: each for each in ours}
    for entry in theirs:
        found = by_name.pop(entry.session, None)
        if found is None:
            yield f"{entry.session} was answered and is not there"
        elif found != entry:
            yield f"{entry.session} was answered as {entry} and is there as {found}"
    for session in by_name:
        yield f"{session} is there, and nobody reported it"
    wanted = Hours(
        len(theirs), sum(each.seconds for each in theirs), sum(each.received + each.sent for each in theirs)
    )
    if hours != wanted:
        yield f"the hours say {hours}, the gateways {wanted}"
