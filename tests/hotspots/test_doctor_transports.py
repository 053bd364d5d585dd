"""What the doctor says of access points that are to speak RADIUS over TLS."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotspots.certificates import issuing, register
from hotspots.certificates.issuing import KeyKind
from hotspots.database import Database
from hotspots.doctor.finding import State
from hotspots.doctor.transports import OverTls, check_transports, judge_transports
from hotspots.models import AccessPoint
from hotspots.settings import Settings
from tests.hotspots.places import add_network

SERVED = {"authority", "server", "access_point"}
GOOD = OverTls("ap-1", certified=True, seen="radsec")


@pytest.mark.parametrize(
    ("point", "kinds", "listens", "state", "words", "remedy"),
    [
        (GOOD, SERVED, True, State.OK, "1, each with a certificate", ""),
        (OverTls("ap-1", True, None), SERVED, True, State.OK, "1, each", ""),
        (OverTls("ap-1", False, None), SERVED, True, State.WRONG, "no good certificate", "certificate ap ap-1"),
        (OverTls("ap-1", True, "udp"), SERVED, True, State.ADVICE, "spoke UDP last", "hotspots config render"),
        (GOOD, {"authority"}, True, State.WRONG, "the server has no certificate", "hotspots certificate server NAME"),
        (GOOD, SERVED, False, State.ADVICE, "HOTSPOTS_RADSEC_PORT is not set", "2083"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_with_what_mends_it(
    point: OverTls, kinds: set[str], listens: bool, state: State, words: str, remedy: str
) -> None:
    (finding,) = judge_transports([point], kinds, listens=listens)
    assert finding.state is state
    assert words in finding.message
    assert remedy in finding.remedy


def test_it_is_read_from_the_database(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(radsec_port=2083)
    with database.write() as db:
        point = add_network(db, database.vault)
    assert list(check_transports(database, settings)) == [], "nobody is to speak it"
    with database.write() as db:
        now, key = datetime.now(UTC), issuing.make_key(KeyKind.EC)
        db.get_one(AccessPoint, point.id).radius_transport = "radsec"
        register.found_authority(db, database.vault, "authority", key, now, 30)
        register.sign_for_server(db, database.vault, ["localhost"], key, now, 30)
    (finding,) = check_transports(database, settings)
    assert (finding.state, point.name in finding.message) == (State.WRONG, True)
    with database.write() as db:
        register.sign_for_access_point(db, database.vault, point.name, key.public_key(), now, 30)
    (finding,) = check_transports(database, settings)
    assert finding.state is State.OK
