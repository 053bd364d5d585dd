from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotspots import audit, staff
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AuditEntry, Authority, StaffMember
from hotspots.staff import PasswordFault, Role
from tests.hotspots.places import NOW, add_network

WRONG = SecretStr("not the password")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def password(database: Database) -> SecretStr:
    """The first password of jan, a clerk of a gmina."""
    with database.write() as session:
        add_network(session, database.vault)
        _, password = _add(session, "jan", "belzyce")
        return password


def _add(session: Session, name: str, authority: str) -> tuple[StaffMember, SecretStr]:
    row = session.scalars(select(Authority).where(Authority.slug == authority)).one()
    return staff.add(session, name=name, role=Role.CLERK, authority=row, added_by="admin", now=NOW)


def _member(database: Database) -> StaffMember:
    with database.read() as session:
        return session.scalars(select(StaffMember)).one()


def test_a_new_member_signs_in_with_the_first_password_and_must_change_it(
    database: Database, password: SecretStr
) -> None:
    member = staff.sign_in(database, " jan ", password, NOW)
    assert member is not None
    assert (member.name, member.role, member.must_change_password) == ("jan", "clerk", True)
    assert member.authority.slug == "belzyce"
    assert len(password.get_secret_value()) == 19


def test_the_password_is_hashed_as_owasp_says(database: Database, password: SecretStr) -> None:
    parameters = extract_parameters(_member(database).password_hash)
    assert (parameters.type.name, parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (
        "ID", 19456, 2, 1,
    )  # fmt: skip


@pytest.mark.parametrize(("name", "right"), [("jan", False), ("nobody", True), ("", True), ("JAN", True)])
def test_a_wrong_name_or_password_is_refused(
    database: Database, password: SecretStr, name: str, right: bool
) -> None:
    assert staff.sign_in(database, name, password if right else WRONG, NOW) is None


def test_nobody_costs_as_much_work_as_somebody(
    database: Database, password: SecretStr, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, hash: str, password: str) -> bool:
        checked.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    for name in ("jan", "nobody"):
        staff.sign_in(database, name, WRONG, NOW)
    assert [extract_parameters(value) for value in checked] == [extract_parameters(checked[0])] * 2


def test_five_failures_lock_even_against_the_right_password_until_the_time_is_over(
    database: Database, password: SecretStr
) -> None:
    for _ in range(5):
        assert staff.sign_in(database, "jan", WRONG, NOW) is None

    assert staff.sign_in(database, "jan", password, NOW + MINUTE - timedelta(seconds=1)) is None
    assert _member(database).failed_logins == 5
    assert staff.sign_in(database, "jan", password, NOW + MINUTE) is not None
    assert (_member(database).failed_logins, _member(database).locked_until) == (0, None)
    with database.read() as session:
        assert "staff.locked" in session.scalars(select(AuditEntry.action)).all()
        assert audit.verify(session).broken_at is None


def test_many_guesses_at_once_get_no_further_than_one_after_the_other(
    database: Database, password: SecretStr
) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: staff.sign_in(database, "jan", WRONG, NOW), range(12)))
    assert _member(database).failed_logins == 5


@pytest.mark.parametrize(
    ("failures", "until"),
    [(0, None), (4, None), (5, MINUTE), (6, 2 * MINUTE), (8, 8 * MINUTE), (9, 15 * MINUTE), (10**6, 15 * MINUTE)],
)
def test_each_failure_more_locks_for_longer(failures: int, until: timedelta | None) -> None:
    assert staff.lock_until(failures, NOW) == (None if until is None else NOW + until)


def test_who_is_disabled_is_refused(database: Database, password: SecretStr) -> None:
    with database.write() as session:
        session.scalars(select(StaffMember)).one().disabled_at = NOW
    assert staff.sign_in(database, "jan", password, NOW) is None


def test_an_outdated_hash_is_renewed(database: Database, password: SecretStr) -> None:
    with database.write() as session:
        weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(password.get_secret_value())
        session.scalars(select(StaffMember)).one().password_hash = weak
    assert staff.sign_in(database, "jan", password, NOW) is not None
    assert extract_parameters(_member(database).password_hash).memory_cost == 19456


def test_a_changed_password_is_the_only_one(database: Database, password: SecretStr) -> None:
    new = SecretStr("zażółć gęślą jaźń")
    assert staff.change_password(database, _member(database).id, password, new, NOW) is None
    assert staff.sign_in(database, "jan", password, NOW) is None
    member = staff.sign_in(
        database, "jan", SecretStr("zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301"), NOW
    )
    assert member is not None
    assert not member.must_change_password


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ("short", PasswordFault.TOO_SHORT),
        ("x" * 201, PasswordFault.TOO_LONG),
        ("my name is Jan", PasswordFault.LIKE_THE_NAME),
        ("same", PasswordFault.UNCHANGED),
        ("long enough for all", PasswordFault.CURRENT_WRONG),
    ],
)
def test_a_bad_new_password_changes_nothing(
    database: Database, password: SecretStr, new: str, fault: PasswordFault
) -> None:
    before = _member(database).password_hash
    current = WRONG if fault is PasswordFault.CURRENT_WRONG else password
    wanted = password if fault is PasswordFault.UNCHANGED else SecretStr(new)
    assert staff.change_password(database, _member(database).id, current, wanted, NOW) is fault
    assert _member(database).password_hash == before


@pytest.mark.parametrize("name", ["jan", "", "  ", "a\nb"])
def test_a_name_that_cannot_be_is_refused(database: Database, password: SecretStr, name: str) -> None:
    with pytest.raises(HotspotsError), database.write() as session:
        _add(session, name, "belzyce")
    assert _member(database).name == "jan"


def test_the_powiat_sees_all_and_a_gmina_its_own(database: Database, password: SecretStr) -> None:
    with database.write() as session:
        clerk = session.scalars(select(StaffMember)).one()
        chief, _ = _add(session, "anna", "powiat-lubelski")
        assert staff.authority_ids_visible(clerk) == frozenset({clerk.authority_id})
        assert staff.authority_ids_visible(chief) is None


def test_no_password_stands_in_the_audit_log_or_in_a_repr(database: Database, password: SecretStr) -> None:
    with database.read() as session:
        entries = session.scalars(select(AuditEntry)).all()
        text = " ".join(f"{entry.subject} {entry.detail}" for entry in entries) + repr(password)
    assert password.get_secret_value() not in text
    assert isinstance(entries[0].at, datetime)


def test_who_lost_the_password_gets_a_new_first_one_and_is_unlocked(
    database: Database, password: SecretStr
) -> None:
    for _ in range(staff.FAILURES_BEFORE_LOCK):
        staff.sign_in(database, "jan", WRONG, NOW)

    with database.write() as session:
        new = staff.give_new_password(session, staff.find(session, " jan "), given_by="admin", now=NOW)

    assert staff.sign_in(database, "jan", password, NOW) is None
    member = staff.sign_in(database, "jan", new, NOW)
    assert member is not None
    assert member.must_change_password
    with database.read() as session:
        assert new.get_secret_value() not in str([entry.detail for entry in session.scalars(select(AuditEntry))])


def test_who_is_disabled_stays_out_until_they_are_enabled(database: Database, password: SecretStr) -> None:
    for _ in range(2):
        with database.write() as session:
            staff.disable(session, staff.find(session, "jan"), disabled_by="admin", now=NOW)
    assert staff.sign_in(database, "jan", password, NOW) is None

    for _ in range(2):
        with database.write() as session:
            staff.enable(session, staff.find(session, "jan"), enabled_by="admin", now=NOW)
    assert staff.sign_in(database, "jan", password, NOW) is not None
    with database.read() as session:
        done = [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert done.count("staff.disable") == done.count("staff.enable") == 1


def test_whoever_is_not_there_is_named(database: Database) -> None:
    with database.read() as session, pytest.raises(HotspotsError, match="no member of staff named ewa"):
        staff.find(session, "ewa")
