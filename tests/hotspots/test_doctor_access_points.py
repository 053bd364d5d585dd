"""What the doctor says of access points: secrets, signatures, host names."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from pydantic import SecretStr

from hotspots.access_points import secret_change
from hotspots.access_points.sightings import Sighting, write
from hotspots.database import Database
from hotspots.doctor.access_points import check_access_points, failing
from hotspots.doctor.finding import Finding, State
from hotspots.models import AccessPoint, AccessPointState
from tests.hotspots.places import NOW, add_network

NAME = "belzyce-urzad-1"


def found(database: Database) -> list[Finding]:
    return list(check_access_points(database))


def set_up(database: Database, **fields: object) -> None:
    with database.write() as db:
        point = add_network(db, database.vault)
        for name, value in fields.items():
            setattr(point, name, value)


def test_where_all_sign_with_one_secret_there_is_one_good_line(database: Database) -> None:
    set_up(database)
    (finding,) = found(database)
    assert finding.state is State.OK


def test_a_secret_that_is_being_changed_is_reported_until_the_former_one_is_dropped(database: Database) -> None:
    set_up(database)
    with database.write() as db:
        new = SecretStr("another secret of 32 characters.")
        secret_change.change(db, database.vault, NAME, new, at_once=False, actor="anna", now=NOW)
    (finding,) = found(database)
    assert "still has its former secret" in finding.message
    assert "Roll its configuration out" in finding.remedy
    with database.write() as db:
        write(db, [Sighting(1, secret_used=True)], NOW + timedelta(hours=1))
    (finding,) = found(database)
    assert f"has not used the former one since {NOW:%Y-%m-%d %H:%M} UTC" in finding.message
    assert finding.remedy.startswith(f"Run: hotspots ap secret drop-former {NAME}")
    assert "another secret" not in repr(finding)


def test_who_need_not_sign_is_named_with_the_command(database: Database) -> None:
    set_up(database, message_authenticator="optional")
    (finding,) = found(database)
    assert (finding.state, "can be forged" in finding.message) == (State.WRONG, True)
    assert f"hotspots ap change {NAME} --message-authenticator required" in finding.remedy
    with database.write() as db:
        write(db, [Sighting(1, signed=True)], NOW)
    (finding,) = found(database)
    assert "has sent a Message-Authenticator since" in finding.message


def test_who_learns_is_well_once_it_has_signed(database: Database) -> None:
    set_up(database, message_authenticator="learn")
    (finding,) = found(database)
    assert (finding.state, "not sent a Message-Authenticator yet" in finding.message) == (State.ADVICE, True)
    with database.write() as db:
        write(db, [Sighting(1, signed=True)], NOW)
    (finding,) = found(database)
    assert finding.state is State.OK


def test_a_host_name_without_an_address_is_named_with_what_is_used_meanwhile(database: Database) -> None:
    set_up(database, address="no-such-host.invalid")  # RFC 2606 section 2: never given to anybody
    with database.write() as db:
        db.add(AccessPointState(access_point_id=1, resolved_addresses="192.0.2.7", resolved_at=NOW))
        db.add(
            AccessPoint(
                name="second", nas_identifier="second", hotspot_id=1, make="linux", gateway="wispr",
                address="dynamic", sealed_secret=b"", sealed_uam_secret=b"",
            )
        )  # fmt: skip
    (finding,) = found(database)
    assert finding.state is State.WRONG
    assert "no-such-host.invalid has no address" in finding.message
    assert "goes on with 192.0.2.7" in finding.message


def test_a_resolver_that_says_nothing_holds_nobody_up() -> None:
    release = threading.Event()
    began = time.monotonic()

    def look_up(name: str) -> str:
        if name == "good.example.org":
            return "192.0.2.1"
        release.wait(300)
        return "192.0.2.2"

    names = {"good.example.org", *(f"slow-{number}.example.org" for number in range(5))}
    failed = failing(names, look_up, 0.2)
    assert time.monotonic() - began < 60
    release.set()
    assert failed.keys() == names - {"good.example.org"}
    assert set(failed.values()) == {"no answer within 0 s"}
