"""Codes: what proves a contact, what does not, and how many are sent."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from hotspots import keys, models
from hotspots.database import Database
from hotspots.jobs.old_codes import delete_old_codes
from hotspots.residents import codes
from hotspots.residents.codes import CodeDesk, Holder, Issued, Refusal, Request, Wrong
from hotspots.residents.contacts import Channel, ContactBook
from tests.hotspots.places import NOW, add_network

PHONE = "a2:00:00:00:00:01"
NUMBER = "+48600100200"


@pytest.fixture
def desk(database: Database, secret_key: SecretStr) -> CodeDesk:
    with database.write() as db:
        add_network(db, database.vault).hotspot.authority.sms_monthly_grosze = 1000
    return CodeDesk(database, ContactBook(secret_key), keys.derive(secret_key, keys.CODES))


@pytest.fixture
def request_(desk: CodeDesk, database: Database) -> Request:
    with database.read() as db:
        hotspot = db.scalars(select(models.Hotspot.id)).one()
    return Request(Channel.SMS, NUMBER, PHONE, hotspot, price_grosze=15)


def issued(desk: CodeDesk, request: Request, **later: float) -> Issued:
    found = desk.issue(request, NOW + timedelta(**later))
    assert isinstance(found, Issued)
    return found


def spending(database: Database) -> tuple[int, int]:
    with database.read() as db:
        row = db.scalars(select(models.CodeSpending)).one()
        return row.messages, row.grosze


def test_the_right_digits_give_the_same_account_each_time(
    desk: CodeDesk, request_: Request, database: Database
) -> None:
    first = issued(desk, request_)
    account = desk.prove(first.id, PHONE, f" {first.code[:3]} {first.code[3:]} ", NOW)
    second = issued(desk, request_, hours=1)
    assert desk.prove(second.id, PHONE, second.code, NOW + timedelta(hours=1)) == account
    with database.read() as db:
        row = db.scalars(select(models.Account)).one()
        assert isinstance(account, Holder)
        assert (row.id, row.password_hash, row.expires_at) == (account.account_id, "!", NOW + timedelta(hours=25))
        assert db.scalar(select(func.count()).select_from(models.Contact)) == 1


def test_neither_number_nor_code_can_be_read_in_the_database(
    desk: CodeDesk, request_: Request, database: Database
) -> None:
    code = issued(desk, request_)
    desk.prove(code.id, PHONE, code.code, NOW)
    with database.read() as db:
        for table in (models.SentCode, models.Contact, models.Account):
            for row in db.scalars(select(table)):
                kept = " ".join(str(getattr(row, column.key)) for column in table.__table__.columns)
                assert NUMBER.removeprefix("+48") not in kept
                assert code.code not in kept.replace(code.id, "")


def test_wrong_digits_are_counted_and_five_are_the_end(desk: CodeDesk, request_: Request) -> None:
    code = issued(desk, request_)
    wrong = f"{(int(code.code) + 1) % 1_000_000:06}"
    assert [desk.prove(code.id, PHONE, wrong, NOW) for _ in range(5)] == [Wrong.DIGITS] * 4 + [Wrong.OVER]
    assert desk.prove(code.id, PHONE, code.code, NOW) is Wrong.OVER


@pytest.mark.parametrize("typed", ["", "abc", "12345", "١٢٣٤٥٦"])
def test_what_is_no_code_is_wrong(desk: CodeDesk, request_: Request, typed: str) -> None:
    assert desk.prove(issued(desk, request_).id, PHONE, typed, NOW) is Wrong.DIGITS


def test_a_code_is_good_once_for_ten_minutes_on_its_own_device(desk: CodeDesk, request_: Request) -> None:
    code = issued(desk, request_)
    assert desk.prove(code.id, "a2:00:00:00:00:02", code.code, NOW) is Wrong.OVER
    assert desk.prove("none", PHONE, code.code, NOW) is Wrong.OVER
    assert desk.prove(code.id, PHONE, code.code, NOW + timedelta(minutes=10)) is Wrong.OVER
    assert isinstance(desk.prove(code.id, PHONE, code.code, NOW + timedelta(minutes=9)), Holder)
    assert desk.prove(code.id, PHONE, code.code, NOW) is Wrong.OVER


def test_an_attacker_gets_few_tries_at_a_million_codes(desk: CodeDesk, request_: Request) -> None:
    """Three codes a day for a number, five tries each: 15 in 1,000,000 a day."""
    tries = 0
    for _ in range(10):
        code = desk.issue(request_, NOW)
        if isinstance(code, Refusal):
            continue
        wrong = f"{(int(code.code) + 1) % 1_000_000:06}"
        while desk.prove(code.id, PHONE, wrong, NOW) is Wrong.DIGITS:
            tries += 1
        tries += 1
    assert tries == 15


def test_each_limit_has_its_own_reason_and_ends(desk: CodeDesk, request_: Request) -> None:
    for _ in range(3):
        issued(desk, request_)
    assert desk.issue(request_, NOW) is Refusal.CONTACT_HAD_ENOUGH
    for last in range(2):
        issued(desk, replace(request_, contact=f"+4860010030{last}"))
    assert desk.issue(replace(request_, contact="+48600100400"), NOW) is Refusal.DEVICE_HAD_ENOUGH
    for place in range(15):
        issued(desk, replace(request_, contact=f"+486001005{place:02}", device=f"a2:00:00:00:01:{place:02}"))
    stranger = replace(request_, contact="+48600100600", device="a2:00:00:00:02:00")
    assert desk.issue(stranger, NOW) is Refusal.HOTSPOT_HAD_ENOUGH
    issued(desk, stranger, minutes=61)
    issued(desk, request_, hours=25)


def test_a_month_costs_no_more_than_was_decided(desk: CodeDesk, request_: Request, database: Database) -> None:
    with database.write() as db:
        db.execute(update(models.Authority).values(sms_monthly_grosze=30))
    issued(desk, request_)
    issued(desk, request_)
    assert desk.issue(request_, NOW) is Refusal.MONEY_SPENT
    assert spending(database) == (2, 30)
    issued(desk, request_, days=31)


def test_what_was_not_sent_costs_nothing_and_counts_for_nobody(
    desk: CodeDesk, request_: Request, database: Database
) -> None:
    for _ in range(5):
        desk.take_back(issued(desk, request_), request_, NOW)
    assert spending(database) == (0, 0)
    issued(desk, request_)


def test_many_at_once_get_no_more_than_one_after_the_other(
    desk: CodeDesk, request_: Request, database: Database
) -> None:
    found: list[Issued | Refusal] = []
    threads = [threading.Thread(target=lambda: found.append(desk.issue(request_, NOW))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Issued) for each in found) == 3
    assert spending(database) == (3, 45)


def test_old_codes_go(desk: CodeDesk, request_: Request, database: Database) -> None:
    issued(desk, request_)
    assert delete_old_codes(database, NOW + timedelta(hours=23)) == 0
    assert delete_old_codes(database, NOW + codes.KEPT + timedelta(seconds=1)) == 1


def test_a_contact_goes_with_its_account(desk: CodeDesk, request_: Request, database: Database) -> None:
    code = issued(desk, request_)
    desk.prove(code.id, PHONE, code.code, NOW)
    with database.write() as db:
        db.delete(db.scalars(select(models.Account)).one())
    with database.read() as db:
        assert db.scalars(select(models.Contact)).all() == []
