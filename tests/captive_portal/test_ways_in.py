"""The ways in on the login page: those that the authority chose, in its order, and no others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from hotspots import models
from hotspots.database import Database
from tests.captive_portal.browser import Browser
from tests.captive_portal.network import make_voucher
from tests.captive_portal.radius_stand_in import RadiusStandIn

WANTED = "http://example.org/news"


def choose(database: Database, *ways: str) -> None:
    with database.write() as db:
        db.scalars(select(models.Hotspot)).one().ways_in = list(ways)


@pytest.mark.parametrize("ways", [("tap", "voucher"), ("voucher", "tap")])
def test_the_ways_stand_in_the_order_of_the_authority(
    network: Database, browser: Browser, ways: Sequence[str]
) -> None:
    choose(network, *ways)
    page = browser.go(WANTED)
    actions = [form.action for form in page.forms]
    assert actions == [{"tap": "/enter", "voucher": "/voucher"}[way] for way in ways]


def test_a_way_that_is_not_offered_is_closed(
    network: Database, browser: Browser, radius: RadiusStandIn, secret_key: SecretStr
) -> None:
    code = make_voucher(network, secret_key)
    browser.go(WANTED)
    choose(network, "voucher")

    page = browser.submit("/enter")

    assert (browser.status, page.heading) == (403, "Urząd")
    assert [form.action for form in page.forms] == ["/voucher"]
    choose(network, "tap")
    page = browser.submit("/voucher", code=code)
    assert (browser.status, [form.action for form in page.forms]) == (403, ["/enter"])
    assert radius.outcomes == []


def test_where_no_voucher_is_taken_a_refusal_offers_none(network: Database, browser: Browser) -> None:
    browser.go(WANTED)
    with network.write() as db:
        plan = db.scalars(select(models.ServicePlan)).one()
        plan.devices_at_once = 0
    assert any(form.action == "/voucher" for form in browser.submit("/enter").forms)

    choose(network, "tap")
    browser.go(WANTED)
    assert browser.submit("/enter").forms == []
