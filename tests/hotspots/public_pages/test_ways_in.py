"""Which ways in a hotspot can have."""

from __future__ import annotations

import pytest

from hotspots.inventory.faults import InventoryError
from hotspots.inventory.reading import read_text
from hotspots.inventory.writing import to_text
from hotspots.public_pages.ways_in import WayIn, fault
from tests.hotspots.inventory.text import SMALL, changed

_PLAN = "        ssid: 'Powiat: żółć '\n        plan: od-2018\n"


@pytest.mark.parametrize(
    ("ways", "given", "reason"),
    [
        (["tap", "voucher"], {}, None),
        (["voucher"], {}, None),
        (["tap", "tap"], {}, "twice"),
        (["tap"], {"wifi4eu": True}, None),
        (["tap", "voucher"], {"wifi4eu": True}, "tap alone"),
        (["voucher"], {"wifi4eu": True}, "tap alone"),
        (["email"], {}, "grace_plan"),
        (["email"], {"grace": True}, None),
        (["sms"], {}, "sms_monthly_grosze"),
        (["sms"], {"sms_paid": True}, None),
        (list(map(str, WayIn)), {"sms_paid": True, "grace": True}, None),
    ],
)
def test_what_can_be(ways: list[str], given: dict[str, bool], reason: str | None) -> None:
    found = fault(ways, **{"wifi4eu": False, "grace": False, "sms_paid": False} | given)
    assert found is None if reason is None else reason in (found or "")


def test_an_inventory_says_them_and_is_written_as_it_was_read() -> None:
    grace = "plans:\n  - {slug: grace, name: Mail, session_seconds: 300}\n"
    said = f"{_PLAN}        ways_in: [voucher, email]\n        grace_plan: grace\n"
    text = changed(_PLAN, said).replace("plans:\n", grace)
    inventory = read_text(text, "test")
    (rynek, urzad) = inventory.authorities[1].hotspots
    assert (rynek.ways_in, rynek.grace_plan) == (["voucher", "email"], "grace")
    assert urzad.ways_in == ["tap", "voucher"]
    assert read_text(to_text(inventory), "again") == inventory
    assert "ways_in" not in to_text(read_text(SMALL, "test"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ways_in: [tap, telegram]", "must be 'tap', 'voucher'"),
        ("ways_in: []", "at least 1"),
        ("ways_in: [email]", "needs a grace_plan"),
        ("ways_in: [sms]", "needs sms_monthly_grosze"),
        ("grace_plan: od-2018", "session_seconds of at most 900"),
        ("grace_plan: none-such", "there is no plan 'none-such'"),
        ("wifi4eu_network: '12'", "is no UUID"),
        ("wifi4eu_network: 123e4567-e89b-42d3-a456-426614174000", "must be tap alone"),
    ],
)
def test_an_inventory_that_cannot_be_is_refused_with_the_reason(line: str, reason: str) -> None:
    with pytest.raises(InventoryError, match=reason):
        read_text(changed(_PLAN, f"{_PLAN}        {line}\n"), "test")
