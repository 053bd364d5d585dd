"""`hotspots ways-in`: the ways in of each hotspot from the command line."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.models import AuditEntry, Hotspot
from tests.hotspots.cli.called import rows

pytestmark = pytest.mark.usefixtures("network")


def run(*arguments: str) -> list[dict[str, Any]]:
    return rows("ways-in", *arguments)


def test_they_are_listed_and_set(network: Database) -> None:
    assert run("list") == [{"hotspot": "belzyce-urzad", "authority": "belzyce", "ways_in": ["tap", "voucher"]}]
    run("set", "belzyce-urzad", "voucher", "account", "tap")
    with network.read() as db:
        assert db.scalars(select(Hotspot)).one().ways_in == ["voucher", "account", "tap"]
        assert db.scalars(select(AuditEntry)).one().actor == "command line"
    run("set", "belzyce-urzad", "voucher", "account", "tap")
    with network.read() as db:
        assert len(db.scalars(select(AuditEntry)).all()) == 1, "what changes nothing is not written down"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("belzyce-urzat", "tap"), "there is no hotspot belzyce-urzat"),
        (("belzyce-urzad", "tap", "tap"), "names one way in twice"),
        (("belzyce-urzad", "sms"), "needs sms_monthly_grosze"),
        (("belzyce-urzad", "email"), "needs a grace_plan"),
    ],
)
def test_what_cannot_be_is_refused(network: Database, arguments: tuple[str, ...], reason: str) -> None:
    with pytest.raises(HotspotsError, match=reason):
        run("set", *arguments)
    with network.read() as db:
        assert db.scalars(select(Hotspot)).one().ways_in == ["tap", "voucher"]
