"""Lighthouse on the first page that a resident sees, with its own throttling for phones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hotspots.database import Database
from hotspots.settings import Settings
from tests.captive_portal import portal
from tests.captive_portal.conftest import UAM_SECRET
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.lighthouse import program
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_accessibility import database as one_database

database = one_database
MOST_OCTETS = 30_000
# Lighthouse itself asks for this, whatever the page.
_OF_ITS_OWN = "/robots.txt"


@pytest.fixture
def first_page(network: Database, settings: Settings, radius: RadiusStandIn) -> Iterator[str]:
    """The address that the gateway sends a new phone to."""
    with portal.serving(settings) as base:
        chilli = FakeCoovaChilli(f"{base}/uam", UAM_SECRET, radius.nas_identifier, radius.authenticate)
        yield chilli.redirect(chilli.client(), "notyet")


def test_lighthouse_is_content(first_page: str, tmp_path: Path) -> None:
    reports = []
    # Its figure for speed is made from the processor's time, and others use this machine at the same time.
    for _ in range(3):
        reports.append(program.audit(first_page, tmp_path))
        if reports[-1].scores["performance"] >= 95:
            break
    best = reports[-1]
    assert best.scores["accessibility"] == 100, best.imperfect
    assert best.scores["performance"] >= 95, [(each.scores, each.imperfect) for each in reports]
    asked = [url for url in best.requests if urlsplit(url).path != _OF_ITS_OWN]
    assert len(asked) <= 2, asked
    assert best.transferred_octets < MOST_OCTETS
