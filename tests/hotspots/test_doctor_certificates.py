"""What the doctor says of certificates."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from hotspots.certificates import issuing, register
from hotspots.certificates.issuing import KeyKind
from hotspots.database import Database
from hotspots.doctor.certificates import judge_certificates
from hotspots.doctor.finding import State
from hotspots.models import Certificate
from tests.hotspots.places import NOW, add_network


def row(kind: str, name: str, days: float) -> Certificate:
    return Certificate(kind=kind, name=name, not_after=NOW + timedelta(days=days))


@pytest.mark.parametrize(
    ("days", "state", "words"),
    [
        (-2.0, State.WRONG, "that of ap-1 (access point) is over since 2026-02-28"),
        (3.0, State.ADVICE, "that of ap-1 (access point) will be over in 3 days"),
        (29.9, State.ADVICE, "that of ap-1 (access point) will be over in 30 days"),
        (31.0, State.OK, "1, all good for more than 30 days"),
    ],
)
def test_a_certificate_is_to_be_renewed_in_time(days: float, state: State, words: str) -> None:
    (finding,) = judge_certificates([row("access_point", "ap-1", days)], NOW)

    assert (finding.state, finding.message) == (state, words)
    assert bool(finding.remedy) is (state is not State.OK)
    if finding.remedy:
        assert finding.remedy == "Run: hotspots certificate ap ap-1 --into FOLDER"


def test_without_certificates_there_is_nothing_to_say() -> None:
    assert list(judge_certificates([], NOW)) == []


def test_only_the_newest_that_counts_is_looked_at(database: Database) -> None:
    with database.write() as db:
        place = add_network(db, database.vault)
        key = issuing.make_key(KeyKind.EC)
        register.found_authority(db, database.vault, "authority", key, NOW, 3650)
        for days in (1, 100):
            sign(db, database, place.name, days)
        revoked = sign(db, database, place.name, 5)
        register.revoke(db, [revoked], NOW, revoked_by="a test")

    with database.read() as db:
        ends = {each.name: each.not_after for each in register.newest(db)}
    assert ends == {"authority": NOW + timedelta(days=3650), place.name: NOW + timedelta(days=100)}

    with database.write() as db:
        db.merge(place).removed_at = NOW
    with database.read() as db:
        assert [each.name for each in register.newest(db)] == ["authority"], "it is out of service"


def sign(db: Session, database: Database, name: str, days: int, now: datetime = NOW) -> Certificate:
    public_key = issuing.make_key(KeyKind.EC).public_key()
    return register.sign_for_access_point(db, database.vault, name, public_key, now, days)
