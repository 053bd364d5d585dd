"""Legal holds at a desk: placed in two steps, seen within one's own authority, released; and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hotspots import hold_orders, legal_holds
from hotspots.hold_orders import USUAL
from hotspots.legal_holds import Kind
from hotspots.models import AuditEntry, LegalHold, Session
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import PHONE, Town
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
LIST, NEW = "/staff/holds", "/staff/holds/new"
ORDER = {"reason": "PR Lublin 3012-1.Ds.7.2026", "ordered_by": "Anna Kowalska"}


def in_force(town: Town) -> list[tuple[str, str, datetime]]:
    with town.database.read() as db:
        return [(hold.kind, hold.subject, hold.until) for hold in legal_holds.in_force(db, NOW)]


def written_down(town: Town) -> list[tuple[str, str, dict[str, Any]]]:
    with town.database.read() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action.like("hold.%")).order_by(AuditEntry.id))
        return [(entry.actor, entry.action, entry.detail) for entry in entries]


def place(town: Town, kind: Kind, subject: object, until: datetime = NOW + USUAL) -> int:
    order: dict[str, Any] = {**ORDER, "until": until, "placed_by": "command line", "now": NOW}
    with town.database.write() as db:
        return hold_orders.add(db, kind, str(subject), **order).id


def test_one_is_placed_in_two_steps_and_released(desk_of: Seated, town: Town) -> None:
    desk = desk_of("iwona")
    assert "Nothing is held." in desk.go(LIST).text
    session = desk.go(f"/staff/sessions/{town.our_session}")
    desk.go(session.links["Hold its records"])
    assert desk.page.form(NEW).fields["subject"] == str(town.our_session)

    checked = desk.submit(NEW, kind="session", until="2026-03-20", **ORDER)

    assert "Is this what the order names?" in checked.heading
    assert PHONE in checked.text
    assert in_force(town) == []

    page = desk.submit(NEW, confirmed="yes")

    assert "The records are held." in page.text
    # The last day is a whole one of Warsaw.
    until = datetime(2026, 3, 20, 23, tzinfo=UTC)
    assert in_force(town) == [("session", str(town.our_session), until)]
    detail = {"kind": "session", "of": str(town.our_session), "until": until.isoformat(), **ORDER}
    assert written_down(town) == [("iwona", "hold.add", detail)]
    assert ORDER["reason"] in desk.go(LIST).text

    lift = f"{desk.go(LIST).links['Hold 1']}/lift"
    desk.go(lift.removesuffix("/lift"))
    assert "Write why it is released." in desk.submit(lift, reason="  ").text
    page = desk.submit(lift, reason="released by the prosecutor")

    assert "The hold has ended." in page.text
    assert in_force(town) == []
    assert written_down(town)[1:] == [("iwona", "hold.lift", {"reason": "released by the prosecutor"})]


def test_what_was_typed_can_be_changed_after_it_was_checked(desk_of: Seated, town: Town) -> None:
    desk = desk_of("anna")
    desk.go(NEW)
    desk.submit(NEW, kind="device", subject="A2-00-00-00-00-01", **ORDER)
    page = desk.submit(NEW, change="yes")
    assert page.form(NEW).fields["reason"] == ORDER["reason"]
    desk.submit(NEW, kind="device", **ORDER)
    desk.submit(NEW, confirmed="yes")
    assert in_force(town) == [("device", PHONE, NOW + USUAL)]


def test_a_gmina_sees_and_holds_its_own_alone(desk_of: Seated, town: Town) -> None:
    ours = place(town, Kind.SESSION, town.our_session)
    place(town, Kind.VOUCHER, town.our_voucher)
    theirs = place(town, Kind.VOUCHER, town.their_voucher)
    place(town, Kind.SESSION, town.their_session)
    phones = place(town, Kind.DEVICE, PHONE)
    desk = desk_of("iwona")

    assert [name for name in desk.go(LIST).links if name.startswith("Hold ") and name[5:].isdigit()] == [
        "Hold 1",
        "Hold 2",
    ]
    assert desk.status(f"{LIST}/{ours}") == 200
    for number in (theirs, phones, 4711):
        assert desk.status(f"{LIST}/{number}") == 404
        assert desk.post(f"{LIST}/{number}/lift", reason="mine") == 404
    desk.go(NEW)
    for confirmed in ({}, {"confirmed": "yes"}):
        for kind, subject in (("session", town.their_session), ("voucher", town.their_voucher), ("voucher", 4711)):
            page = desk.submit(NEW, kind=kind, subject=str(subject), **ORDER, **confirmed)
            assert "There is none with this number." in page.text
        assert desk.post(NEW, kind="device", subject=PHONE, **ORDER, **confirmed) == 422
    assert len(in_force(town)) == 5

    assert len([name for name in desk_of("anna").go(LIST).links if name[5:].isdigit()]) == 5


@pytest.mark.parametrize("name", ["jan", "ewa", "tomasz", "karol"])
def test_administrators_alone_may(desk_of: Seated, town: Town, name: str) -> None:
    hold = place(town, Kind.SESSION, town.our_session)
    desk = desk_of(name)
    assert "Legal holds" not in desk.page.links
    for path in (LIST, NEW, f"{LIST}/{hold}"):
        assert desk.status(path) == 403
    assert desk.post(NEW, kind="session", subject=str(town.our_session), confirmed="yes", **ORDER) == 403
    assert desk.post(f"{LIST}/{hold}/lift", reason="mine") == 403
    assert len(in_force(town)) == 1


def test_nothing_is_placed_or_released_from_another_site(desk_of: Seated, town: Town) -> None:
    hold = place(town, Kind.SESSION, town.our_session)
    desk = desk_of("anna")
    assert desk.post_without_token(NEW) == 400
    assert desk.post_without_token(f"{LIST}/{hold}/lift") == 400
    assert len(in_force(town)) == 1


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"kind": "device", "subject": "phone"}, "This is no MAC address"),
        ({"kind": "session", "subject": "x"}, "There is none with this number."),
        ({"reason": "  "}, "Fill this in."),
        ({"ordered_by": ""}, "Fill this in."),
        ({"until": "2026-03-01"}, "Give a day to come."),
        ({"until": "tomorrow"}, "Give a day, such as 2026-03-02"),
        ({"reason": "x" * 301}, "Use at most 300 characters."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    desk_of: Seated, town: Town, typed: dict[str, str], complaint: str
) -> None:
    desk = desk_of("anna")
    desk.go(NEW)
    whole = {"kind": "session", "subject": str(town.our_session), **ORDER, **typed}
    page = desk.submit(NEW, **whole)
    assert desk.response.status_code == 422
    assert complaint in page.text
    assert page.form(NEW).fields["subject"] == whole["subject"]
    assert in_force(town) == []


def test_a_session_that_names_nobody_any_more_is_not_held(desk_of: Seated, town: Town) -> None:
    with town.database.write() as db:
        session = db.get_one(Session, town.our_session)
        session.device = session.framed_ip = session.user_name = None
    desk = desk_of("anna")
    assert "Hold its records" not in desk.go(f"/staff/sessions/{town.our_session}").links
    desk.go(NEW)
    page = desk.submit(NEW, kind="session", subject=str(town.our_session), **ORDER)
    assert "names nobody any more" in page.text


def test_one_that_is_over_is_shown_no_more(desk_of: Seated, town: Town) -> None:
    number = place(town, Kind.DEVICE, PHONE)
    with town.database.write() as db:
        db.get_one(LegalHold, number).until = NOW
    desk = desk_of("anna")
    assert "Nothing is held." in desk.go(LIST).text
    assert desk.status(f"{LIST}/{number}") == 404
