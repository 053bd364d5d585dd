"""No page of the dashboards reads all of a table that grows: the plans of all its statements are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from captive_portal.staff.paging import PageKey
from hotspots.legal_holds import Kind
from hotspots.models import VoucherBatch
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.test_holds import ORDER, place
from tests.captive_portal.staff.town import PHONE, Town
from tests.hotspots.places import NOW
from tests.hotspots.plans.large import fill
from tests.hotspots.plans.watch import watching, whole_readings

Seated = Callable[[str], Desk]

AFTER = PageKey(NOW - timedelta(days=3), 100_000)
HERE = "hotspot=belzyce-urzad"
PAGES = (
    "/staff/",
    "/staff/sessions",
    f"/staff/sessions?after={AFTER}",
    f"/staff/sessions?{HERE}",
    f"/staff/sessions?device={PHONE}",
    "/staff/sessions?show=recent",
    f"/staff/sessions?show=recent&after={AFTER}",
    f"/staff/sessions?show=recent&{HERE}",
    f"/staff/sessions?show=recent&device={PHONE}",
    f"/staff/sessions?show=recent&device={PHONE}&{HERE}&after={AFTER}",
    "/staff/refusals",
    f"/staff/refusals?after={AFTER}",
    f"/staff/refusals?device={PHONE}",
    f"/staff/explain?device={PHONE}",
    f"/staff/explain?device={PHONE}&at=2026-02-27 13:05",
    "/staff/access-points",
    "/staff/faults",
    "/staff/notices",
    "/staff/notices/belzyce/new",
    "/staff/vouchers",
    f"/staff/vouchers?after={AFTER}",
    "/staff/password",
)


@pytest.fixture
def large_town(town: Town) -> Town:
    fill(town.database, NOW)
    return town


@pytest.mark.parametrize("name", ["anna", "jan"])
def test_every_page(large_town: Town, desk_of: Seated, name: str) -> None:
    town, desk = large_town, desk_of(name)
    own = (
        f"/staff/sessions/{town.our_session}",
        f"/staff/explain/session/{town.our_session}",
        f"/staff/explain/voucher/{town.our_voucher}",
        f"/staff/vouchers/{town.our_batch}",
        f"/staff/vouchers/{town.our_batch}/print",
    )
    found: dict[str, list[str]] = {}
    for path in (*PAGES, *own):
        with watching() as watch:
            assert desk.status(path) == 200
        assert watch.statements
        if whole := whole_readings(town.database, watch):
            found[path] = [str(one) for one in whole]
    assert found == {}


def test_what_is_done_on_a_page(large_town: Town, desk_of: Seated) -> None:
    town, desk = large_town, desk_of("jan")
    batch, voucher, session = town.our_batch, town.our_voucher, town.our_session
    desk.go("/staff/vouchers")
    with watching() as watch:
        for path in (
            f"/staff/sessions/{session}/disconnect",
            f"/staff/voucher/{voucher}/revoke",
            f"/staff/vouchers/{batch}/revoke",
        ):
            assert desk.post(path) in (302, 303)
        with town.database.read() as db:
            made = db.get_one(VoucherBatch, batch)
            choices = {"authority": str(made.authority_id), "plan": str(made.plan_id)}
        desk.submit("/staff/vouchers", count="3", valid_days="30", lifetime_hours="24", **choices)
        assert desk.path.startswith("/staff/vouchers/")
        for address, button in (("new", None), ("new", "/staff/notices/belzyce/preview")):
            desk.go(f"/staff/notices/belzyce/{address}")
            desk.submit(f"/staff/notices/belzyce/{address}", by_button=button, pl="Nieczynne", **{"in": "pl"})
            assert desk.response.status_code == 200
    assert [str(one) for one in whole_readings(town.database, watch)] == []


@pytest.mark.parametrize("name", ["anna", "iwona"])
def test_legal_holds(large_town: Town, desk_of: Seated, name: str) -> None:
    town, desk = large_town, desk_of(name)
    holds = [place(town, Kind.SESSION, town.our_session), place(town, Kind.VOUCHER, town.our_voucher)]
    order = {"kind": "session", "subject": str(town.our_session), **ORDER}
    with watching() as watch:
        assert desk.status("/staff/holds") == 200
        assert desk.status(f"/staff/holds/{holds[1]}") == 200
        desk.go("/staff/holds/new")
        for confirmed in ({}, {"confirmed": "yes"}):
            desk.submit("/staff/holds/new", **order, **confirmed)
            assert desk.response.status_code == 200
        assert desk.post(f"/staff/holds/{holds[0]}/lift", reason="released") == 303
    assert watch.statements
    assert [str(one) for one in whole_readings(town.database, watch)] == []
