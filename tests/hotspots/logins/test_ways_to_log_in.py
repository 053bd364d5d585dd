"""Who gets in how at the gateway itself: vouchers in any writing, by PAP and CHAP; devices only where the rule says."""

# ruff: noqa: F811 - a test takes a fixture by the name that it is imported under

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from hotspots import vouchers
from hotspots.logins.login import Attempt, Method, Outcome, Password
from hotspots.models import Kiosk
from hotspots.policy import Reason
from tests.hotspots.logins.test_login import NOW, OTHER, PHONE, Clear, House, house, reason  # noqa: F401 - a fixture


@dataclass
class Chap:
    """The answer to a challenge: it shows whether it was made from a candidate, and nothing else."""

    value: str

    def matches(self, *candidates: str) -> bool:
        return self.value in candidates

    @property
    def clear(self) -> None:
        return None


def attempted(house: House, name: str, password: Password, device: str | None = PHONE, **client: bool) -> Outcome:
    (known,) = house.directory.clients.at("127.0.1.1")
    outcome = house.desk.login(Attempt(replace(known, **client), name, device, password, NOW))
    assert isinstance(outcome, Outcome)
    return outcome


WRITINGS = ("code", "grouped", "lower", "grouped lower")


def written(code: str, how: str) -> str:
    code = vouchers.grouped(code) if "grouped" in how else code
    return code.lower() if "lower" in how else code


@pytest.mark.parametrize("kind", [Clear, Chap])
def test_a_voucher_gets_in_in_any_writing_by_pap_and_by_chap(house: House, kind: type[Clear] | type[Chap]) -> None:
    code = house.voucher()
    house.directory.refresh(NOW)
    for name in WRITINGS:
        for password in (*(written(code, how) for how in WRITINGS), ""):
            outcome = attempted(house, written(code, name), kind(password))
            assert (outcome.method, reason(outcome)) == (Method.VOUCHER, None), (name, password)


def test_a_password_in_clear_may_be_written_as_people_write(house: House) -> None:
    code = house.voucher()
    house.directory.refresh(NOW)
    spaced = " ".join(vouchers.grouped(code).capitalize().split("-"))
    assert reason(attempted(house, code, Clear(f" {spaced} "))) is None


@pytest.mark.parametrize("kind", [Clear, Chap])
def test_another_code_or_anything_else_as_password_is_wrong(house: House, kind: type[Clear] | type[Chap]) -> None:
    code, other = house.voucher(), house.voucher()
    house.directory.refresh(NOW)
    for password in (other, code[:-1], "password", "\x00", "ą"):
        assert reason(attempted(house, code, kind(password))) is Reason.WRONG_PASSWORD


def test_a_device_gets_in_by_its_address_only_where_the_access_point_asks_by_it(house: House) -> None:
    ticket = house.tap()
    house.login(ticket.user_name, ticket.password)
    for name in (PHONE, PHONE.upper(), PHONE.replace(":", "-"), PHONE.replace(":", "")):
        for password in (Clear(name), Clear(""), Clear("a fixed one"), Chap(name)):
            outcome = attempted(house, name, password)
            assert (outcome.method, reason(outcome)) == (Method.DEVICE, None), name
        # The same words at one without the rule are the name of somebody, and nobody has it.
        outcome = attempted(house, name, Chap(name), mac_authentication=False)
        assert (outcome.method, reason(outcome)) == (Method.UNKNOWN, Reason.UNKNOWN_USER)


def test_a_name_that_looks_like_an_address_is_nobodys_where_the_gateway_saw_no_device(house: House) -> None:
    ticket = house.tap()
    house.login(ticket.user_name, ticket.password)
    for device in (OTHER, None):
        assert attempted(house, PHONE, Chap(PHONE), device=device).method is not Method.DEVICE


def test_a_kiosk_too_needs_the_rule(house: House) -> None:
    with house.database.write() as db:
        db.add(Kiosk(slug="k1", name="Infomat", hotspot_id=1, plan_id=1, device=OTHER))
    house.directory.refresh(NOW)
    assert attempted(house, OTHER, Clear(""), device=OTHER).method is Method.KIOSK
    assert attempted(house, OTHER, Chap(OTHER), device=OTHER, mac_authentication=False).method is not Method.KIOSK
    assert attempted(house, OTHER, Chap(OTHER), device=PHONE).method is not Method.KIOSK


def test_a_ticket_gets_in_by_chap(house: House) -> None:
    ticket = house.tap()
    assert reason(attempted(house, ticket.user_name, Chap("wrong"))) is Reason.TICKET_FORGED
    assert reason(attempted(house, ticket.user_name, Chap(ticket.password))) is None
