from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select

from hotspots import audit, keys, vouchers
from hotspots.database import Database
from hotspots.models import AuditEntry, Change, Voucher, VoucherBatch
from hotspots.policy import Reason
from hotspots.vouchers import ALPHABET, CodeFault, FaultKind, Spent
from tests.hotspots.places import NOW, add_network

DAY = timedelta(days=1)
PAYLOADS = st.text(ALPHABET, min_size=11, max_size=11)


@dataclass(frozen=True)
class Terms:
    id: int
    expires_at: datetime
    revoked_at: datetime | None = None
    first_used_at: datetime | None = None
    lifetime_seconds: int | None = None
    total_seconds: int | None = None
    total_octets: int | None = None


FRESH = Terms(id=7, expires_at=NOW + 30 * DAY, lifetime_seconds=86400)


def _code(payload: str) -> str:
    return next(payload + last for last in ALPHABET if isinstance(vouchers.normalise(payload + last), str))


def test_no_two_characters_of_the_alphabet_look_alike() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("0O1IL")


@given(PAYLOADS)
def test_exactly_one_check_character_fits(payload: str) -> None:
    assert sum(isinstance(vouchers.normalise(payload + last), str) for last in ALPHABET) == 1


@given(PAYLOADS, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_seen(payload: str, place: int, wrong: str) -> None:
    code = _code(payload)
    typed = code[:place] + wrong + code[place + 1 :]
    expected = code if typed == code else CodeFault(FaultKind.CHECK, 12)
    assert vouchers.normalise(typed) == expected


@given(PAYLOADS, st.integers(0, 11), st.integers(0, 11))
def test_two_swapped_characters_are_seen(payload: str, first: int, second: int) -> None:
    code = list(_code(payload))
    code[first], code[second] = code[second], code[first]
    typed = "".join(code)
    assert vouchers.normalise(typed) == (typed if typed == _code(payload) else CodeFault(FaultKind.CHECK, 12))


@pytest.mark.parametrize("shape", ["{}", " {} ", "{}\t", "–{}"])
def test_case_blanks_and_dashes_do_not_count(shape: str) -> None:
    code = vouchers.new_code()
    assert vouchers.normalise(shape.format(vouchers.grouped(code).lower())) == code


def test_a_code_is_shown_in_three_groups() -> None:
    assert vouchers.grouped("ABCDEFGH2345") == "ABCD-EFGH-2345"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", CodeFault(FaultKind.LENGTH, 0)),
        ("ABCD-EFGH", CodeFault(FaultKind.LENGTH, 8)),
        ("ABCD-EFGH-2345-6", CodeFault(FaultKind.LENGTH, 13)),
        ("ABCD-EFGH-10O1", CodeFault(FaultKind.CHARACTER, 12, "10O")),
        ("ąBCD", CodeFault(FaultKind.CHARACTER, 4, "Ą")),
    ],
)
def test_a_mistyped_code_is_explained(typed: str, fault: CodeFault) -> None:
    assert vouchers.normalise(typed) == fault


def _make(database: Database, key: bytes, count: int) -> list[str]:
    with database.write() as session:
        hotspot = add_network(session, database.vault).hotspot
        return vouchers.create_batch(
            session,
            database.vault,
            key,
            plan=hotspot.plan,
            authority=hotspot.authority,
            count=count,
            created_by="jan",
            now=NOW,
            expires_at=NOW + DAY,
        )


def test_a_batch_is_found_by_its_codes_and_keeps_none_of_them_readable(
    database: Database, secret_key: SecretStr
) -> None:
    key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)

    codes = _make(database, key, 20)

    assert len(set(codes)) == 20
    with database.read() as session:
        batch = session.scalars(select(VoucherBatch)).one()
        assert (batch.lifetime_seconds, batch.expires_at, batch.created_by) == (86400, NOW + DAY, "jan")
        for code in codes:
            voucher = vouchers.find(session, key, code)
            assert voucher is not None
            assert database.vault.open(voucher.sealed_code).get_secret_value() == code
            assert code.encode() not in voucher.code_digest + voucher.sealed_code
        assert vouchers.find(session, b"another key", codes[0]) is None
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.detail["count"]) == ("jan", "voucher.create", 20)


def test_revoking_is_announced_and_audited_once(database: Database, secret_key: SecretStr) -> None:
    key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
    (code,) = _make(database, key, 1)

    def revoke(now: datetime) -> bool:
        with database.write() as session:
            voucher = vouchers.find(session, key, code)
            assert voucher is not None
            return vouchers.revoke(session, voucher, revoked_by="anna", now=now)

    assert [revoke(NOW), revoke(NOW + DAY)] == [True, False]
    with database.read() as session:
        voucher = session.scalars(select(Voucher)).one()
        assert voucher.revoked_at == NOW
        notices = session.scalars(select(Change.key).where(Change.topic == "vouchers")).all()
        assert notices == [str(voucher.id)] * 2
        assert audit.verify(session).entries == 2


@pytest.mark.parametrize(("count", "expires_at"), [(0, NOW + DAY), (1, NOW)])
def test_a_batch_that_would_be_no_good_is_not_made(database: Database, count: int, expires_at: datetime) -> None:
    with database.write() as session:
        hotspot = add_network(session, database.vault).hotspot
        with pytest.raises(ValueError, match="at least one"):
            vouchers.create_batch(
                session,
                database.vault,
                b"key",
                plan=hotspot.plan,
                authority=hotspot.authority,
                count=count,
                created_by="jan",
                now=NOW,
                expires_at=expires_at,
            )
        assert session.scalars(select(VoucherBatch)).all() == []


@pytest.mark.parametrize(
    ("voucher", "used", "refusal", "valid_until", "left"),
    [
        (FRESH, (0, 0), None, NOW + DAY, (None, None)),
        (replace(FRESH, lifetime_seconds=None), (0, 0), None, NOW + 30 * DAY, (None, None)),
        (replace(FRESH, expires_at=NOW + DAY / 2), (0, 0), None, NOW + DAY / 2, (None, None)),
        (replace(FRESH, first_used_at=NOW - DAY / 2), (0, 0), None, NOW + DAY / 2, (None, None)),
        (replace(FRESH, first_used_at=NOW - DAY), (0, 0), Reason.VOUCHER_EXPIRED, NOW, (None, None)),
        (replace(FRESH, expires_at=NOW), (0, 0), Reason.VOUCHER_EXPIRED, NOW, (None, None)),
        (replace(FRESH, revoked_at=NOW), (0, 0), Reason.VOUCHER_REVOKED, NOW + DAY, (None, None)),
        (replace(FRESH, revoked_at=NOW, expires_at=NOW), (0, 0), Reason.VOUCHER_REVOKED, NOW, (None, None)),
        (replace(FRESH, total_seconds=3600), (600, 9), None, NOW + DAY, (3000, None)),
        (replace(FRESH, total_seconds=3600), (3601, 9), Reason.VOUCHER_USED_UP, NOW + DAY, (0, None)),
        (replace(FRESH, total_octets=1000), (9, 400), None, NOW + DAY, (None, 600)),
        (replace(FRESH, total_octets=1000), (9, 1000), Reason.VOUCHER_USED_UP, NOW + DAY, (None, 0)),
        (replace(FRESH, total_octets=1000), (0, 300, 0, 500), None, NOW + DAY, (None, 200)),
        (replace(FRESH, total_octets=1000), (0, 300, 0, 700), Reason.HELD_BY_ANOTHER_DEVICE, NOW + DAY, (None, 0)),
        (replace(FRESH, total_seconds=60), (59, 0, 1, 0), Reason.HELD_BY_ANOTHER_DEVICE, NOW + DAY, (0, None)),
        (replace(FRESH, total_seconds=60), (60, 0, 1, 0), Reason.VOUCHER_USED_UP, NOW + DAY, (0, None)),
    ],
)
def test_what_a_voucher_is_still_good_for(
    voucher: Terms,
    used: tuple[int, ...],
    refusal: Reason | None,
    valid_until: datetime,
    left: tuple[int | None, int | None],
) -> None:
    person = vouchers.person_of(voucher, Spent(*used), NOW)
    assert (person.subject.kind, person.subject.key) == ("voucher", "7")
    assert (person.refusal, person.valid_until) == (refusal, valid_until)
    assert (person.seconds_left, person.octets_left) == left
