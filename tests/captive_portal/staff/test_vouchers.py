"""Making vouchers, printing them, revoking them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from captive_portal.staff.cards import cards
from hotspots import keys, vouchers
from hotspots.models import AuditEntry, Voucher, VoucherBatch
from tests.captive_portal.conftest import BASE
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
CODE = re.compile(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b")
CHOICES = {"lifetime_hours": "4", "valid_days": "30"}


def _choices(town: Town, batch: int) -> dict[str, str]:
    with town.database.read() as db:
        row = db.get_one(VoucherBatch, batch)
        return {"authority": str(row.authority_id), "plan": str(row.plan_id), **CHOICES}


def test_a_batch_is_made_shown_and_written_down(desk_of: Seated, town: Town, secret_key: SecretStr) -> None:
    desk = desk_of("jan")
    desk.go("/staff/vouchers")
    page = desk.submit("/staff/vouchers", count="7", **_choices(town, town.our_batch))

    codes = CODE.findall(page.text)
    assert len(set(codes)) == 7
    key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
    with town.database.read() as db:
        found = [vouchers.find(db, key, code.replace("-", "")) for code in codes]
        batch = db.scalars(select(VoucherBatch).order_by(VoucherBatch.id.desc())).first()
        assert batch is not None
        assert {voucher.batch_id for voucher in found if voucher} == {batch.id}
        assert (batch.created_by, batch.lifetime_seconds, batch.expires_at) == (
            "jan", 4 * 3600, NOW + timedelta(days=30),
        )  # fmt: skip
        entry = db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.action, entry.detail["count"]) == ("jan", "voucher.create", 7)
    assert f"Batch {batch.id}" in desk.go("/staff/vouchers").links


@pytest.mark.parametrize(
    ("count", "complaint"),
    [("0", "from 1 to 200"), ("201", "from 1 to 200"), ("-1", "from 1 to 200"), ("", "whole number"), ("x", "")],
)
def test_a_wrong_count_makes_nothing(desk_of: Seated, town: Town, count: str, complaint: str) -> None:
    desk = desk_of("jan")
    desk.go("/staff/vouchers")
    page = desk.submit("/staff/vouchers", count=count, **_choices(town, town.our_batch))
    assert desk.response.status_code == 422
    assert complaint in page.text
    assert page.attributes["count"]["aria-invalid"] == "true"
    with town.database.read() as db:
        assert len(db.scalars(select(VoucherBatch)).all()) == 2


def test_two_hundred_are_made_at_once(desk_of: Seated, town: Town) -> None:
    desk = desk_of("anna")
    desk.go("/staff/vouchers")
    desk.submit("/staff/vouchers", count="200", **_choices(town, town.their_batch))
    page = desk.go(f"{desk.path}/print")
    assert len(set(CODE.findall(page.text))) == 200
    assert page.tags.count("svg") == 200


def test_the_printed_picture_leads_to_the_portal_with_the_code(town: Town) -> None:
    with town.database.read() as db:
        batch = db.get_one(VoucherBatch, town.our_batch)
        shown = cards(batch, town.database.vault, BASE, NOW)
    for card in shown:
        assert CODE.fullmatch(card.code)
        assert card.address == f"{BASE}/?voucher={card.code}"
        assert card.code not in repr(card)
        assert card.picture.startswith("<svg")
        assert "style=" not in card.picture
    assert shown[0].picture != shown[1].picture


def test_only_what_can_still_be_given_out_is_printed(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        db.get_one(Voucher, town.our_voucher).first_used_at = NOW
    desk = desk_of("jan")
    assert len(CODE.findall(desk.go(f"/staff/vouchers/{town.our_batch}").text)) == 2
    page = desk.go(f"/staff/vouchers/{town.our_batch}/print")
    assert len(CODE.findall(page.text)) == 1
    assert "Join the Wi-Fi network Powiat." in page.text


def test_one_voucher_is_revoked(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    desk.go(f"/staff/vouchers/{town.our_batch}")
    page = desk.submit(f"/staff/voucher/{town.our_voucher}/revoke")
    assert "The voucher is revoked" in page.text
    assert len([form for form in page.forms if form.action.startswith("/staff/voucher/")]) == 1
    with town.database.read() as db:
        assert db.get_one(Voucher, town.our_voucher).revoked_at == NOW
        actions = db.execute(select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject)).all()
    assert ("jan", "voucher.revoke", f"voucher {town.our_voucher}") in [tuple(row) for row in actions]


def test_a_whole_batch_is_revoked(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    desk.go(f"/staff/vouchers/{town.our_batch}")
    desk.submit(f"/staff/vouchers/{town.our_batch}/revoke")
    with town.database.read() as db:
        rows = db.scalars(select(Voucher)).all()
    assert {row.revoked_at for row in rows if row.batch_id == town.our_batch} == {NOW}
    assert {row.revoked_at for row in rows if row.batch_id == town.their_batch} == {None}
    assert "can be given out any more" in desk.go(f"/staff/vouchers/{town.our_batch}/print").text
