"""`hotspots ap secret` and `hotspots ap change`, called with the same words as at the prompt."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotspots.access_points.clients import Client, SignaturePolicy, load_clients
from hotspots.access_points.sightings import Sighting, write
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AccessPointState, AuditEntry, Change
from tests.hotspots.cli.test_account import answer
from tests.hotspots.cli.test_groups import call, fresh, system  # noqa: F401 - fixtures

NAME = "belzyce-urzad-1"
NEW = "a new secret, long enough"


def client(system: Database, name: str = NAME) -> Client:
    with system.read() as db:
        return next(each for each in load_clients(db, system.vault).by_id.values() if each.name == name)


def see(system: Database, at: datetime, **seen: bool) -> None:
    with system.write() as db:
        number = db.scalars(select(AccessPoint.id).where(AccessPoint.name == NAME)).one()
        write(db, [Sighting(number, **seen)], at)


def test_a_secret_is_changed_with_both_good_until_the_former_one_is_dropped(system: Database) -> None:
    before = client(system)
    answer("ap", "secret", "change", NAME, "--secret", NEW)
    during = client(system)
    assert (during.secret, during.former_secret) == (NEW.encode(), before.secret)
    assert during.former_in_use, "nobody has heard it with the new one"
    (listed,) = answer("ap", "secret", "list")
    assert (listed["access_point"], listed["former_unused_since"]) == (NAME, None)

    with pytest.raises(HotspotsError, match="has not been heard with its new secret"):
        answer("ap", "secret", "drop-former", NAME)
    now = datetime.now(UTC)
    see(system, now, secret_used=True)
    assert not client(system).former_in_use
    answer("ap", "secret", "drop-former", NAME)

    assert client(system).former_secret is None
    assert answer("ap", "secret", "list") == []
    with system.read() as db:
        actions = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-2:]
        details = repr(db.scalars(select(AuditEntry.detail)).all())
    assert actions == ["access-point.secret.change", "access-point.secret.drop-former"]
    assert NEW not in details


def test_which_secret_is_in_use_is_what_was_used_last(system: Database) -> None:
    answer("ap", "secret", "change", NAME)
    now = datetime.now(UTC)
    see(system, now, secret_used=True)
    see(system, now + timedelta(minutes=1), former_secret_used=True)
    assert client(system).former_in_use, "the device was put back to an older configuration"
    with pytest.raises(HotspotsError, match="since it last used the former one"):
        answer("ap", "secret", "drop-former", NAME)
    answer("ap", "secret", "drop-former", NAME, "--even-if-used")
    assert client(system).former_secret is None


def test_a_secret_that_others_know_ends_at_once(system: Database) -> None:
    answer("ap", "secret", "change", NAME, "--secret", NEW, "--at-once")
    assert (client(system).secret, client(system).former_secret) == (NEW.encode(), None)
    with pytest.raises(HotspotsError, match="nothing is to be dropped"):
        answer("ap", "secret", "drop-former", NAME)


def test_a_short_secret_is_taken_and_warned_of(system: Database) -> None:
    assert "the secret is short" in call("ap", "secret", "change", NAME, "--secret", "testing123").stderr
    assert call("ap", "secret", "change", "belzyce-rynek-1").stderr == ""


def test_what_cannot_be_a_change_changes_nothing(system: Database) -> None:
    answer("ap", "secret", "change", NAME, "--secret", NEW)
    before = client(system)
    for words, reason in (
        (("change", NAME), "being changed already"),
        (("change", NAME, "--secret", NEW), "has this secret already"),
        (("change", NAME, "--secret", "żółw"), "printable ASCII"),
        (("change", "nobody-1"), "there is no access point nobody-1"),
    ):
        with pytest.raises(HotspotsError, match=reason):
            answer("ap", "secret", *words)
    assert client(system) == before


def test_an_access_point_is_moved_and_has_its_policy_changed(system: Database) -> None:
    shown = answer("ap", "change", NAME, "--address", "gw.example.org", "--message-authenticator", "learn")
    assert (shown["address"], shown["message_authenticator"]) == ("gw.example.org", "learn")
    changed = client(system)
    assert (changed.host_name, changed.networks, changed.must_sign) == ("gw.example.org", (), False)
    answer("ap", "change", NAME, "--address", "dynamic", "--message-authenticator", "required")
    assert client(system).dynamic
    with pytest.raises(HotspotsError, match="needs message_authenticator required"):
        answer("ap", "change", NAME, "--message-authenticator", "optional")
    with pytest.raises(HotspotsError, match="--address"):
        answer("ap", "change", NAME, "--address", "nowhere")


def test_a_signature_that_was_seen_is_demanded_until_the_policy_is_chosen_anew(system: Database) -> None:
    answer("ap", "change", NAME, "--message-authenticator", "learn")
    see(system, datetime.now(UTC), signed=True)
    assert client(system).must_sign
    answer("ap", "change", NAME, "--timeout-ms", "300")
    assert client(system).must_sign, "this was no choice of the policy"
    answer("ap", "change", NAME, "--message-authenticator", "optional")
    assert not client(system).must_sign
    answer("ap", "change", NAME, "--message-authenticator", "learn")
    assert not client(system).must_sign, "it may be another device by now"
    assert client(system).signature_policy is SignaturePolicy.LEARN


def test_workers_are_told_only_of_what_changes_whom_they_believe(system: Database) -> None:
    answer("ap", "secret", "change", NAME)
    now = datetime.now(UTC)

    def notices() -> int:
        with system.read() as db:
            return len(db.scalars(select(Change.id)).all())

    before = notices()
    see(system, now, former_secret_used=True)
    assert notices() == before, "it was the likely one already"
    see(system, now + timedelta(minutes=1), secret_used=True)
    assert notices() == before + 1
    see(system, now + timedelta(minutes=2), secret_used=True)
    assert notices() == before + 1
    with system.read() as db:
        (state,) = db.scalars(select(AccessPointState))
        assert state.secret_used_at == now + timedelta(minutes=2)


def test_who_is_added_signs_or_learns_by_its_make_and_must_where_it_has_no_address(system: Database) -> None:
    for name, make, address, policy in (
        ("new-1", "openwrt", "192.0.2.1", SignaturePolicy.REQUIRED),
        ("new-2", "unifi", "gw.example.org", SignaturePolicy.LEARN),
        ("new-3", "unifi", "dynamic", SignaturePolicy.REQUIRED),
    ):
        more = ("--hotspot", "belzyce-urzad", "--make", make, "--gateway", "wispr", "--address", address)
        answer("ap", "add", name, *more)
        assert client(system, name).signature_policy is policy
