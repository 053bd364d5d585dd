"""Notices at a desk: written, seen beforehand, changed, ended and deleted, within one's own gmina alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hotspots.database import Database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.public_page import MOST_NOTICES, NoticeEntry
from hotspots.inventory.reading import read_text
from hotspots.inventory.stored import stored_inventory
from hotspots.inventory.writing import to_text
from hotspots.models import AuditEntry, Authority
from hotspots.public_pages import notices
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import Town
from tests.captive_portal.test_notices import LINK, WORDS, tell
from tests.hotspots.places import NOW

Seated = Callable[[str], Desk]
LIST = "/staff/notices"
NEW = "/staff/notices/belzyce/new"
PREVIEW = "/staff/notices/belzyce/preview"
# The clock begins at 13:00 in Warsaw on the second of March.
CLOSED = {"pl": "Urząd jest nieczynny.", "de": "Das Amt ist geschlossen.", "link": LINK}
AS_STORED: dict[str, Any] = {"text": WORDS, "link": LINK}


def kept(database: Database, slug: str = "belzyce") -> list[dict[str, Any]]:
    with database.read() as db:
        page = db.scalars(select(Authority).where(Authority.slug == slug)).one().page or {}
    return list(page.get("notices", []))


def written_down(database: Database) -> list[tuple[str, str, str, dict[str, Any]]]:
    with database.read() as db:
        entries = db.scalars(select(AuditEntry).where(AuditEntry.action.like("notice.%")).order_by(AuditEntry.id))
        return [(entry.actor, entry.action, entry.subject, entry.detail) for entry in entries]


def open_first(desk: Desk) -> str:
    """Its form, from the list; gives the address."""
    address = next(each for each in desk.go(LIST).links.values() if each.startswith(f"{LIST}/belzyce/"))
    desk.go(address)
    return address


def test_a_clerk_writes_one_and_residents_read_it(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    assert "There are none." in desk.go(LIST).text
    desk.go(NEW)

    page = desk.submit(NEW, **CLOSED, since="2026-03-02", until="2026-03-06")

    assert "The notice is saved." in page.text
    assert "Residents read it now" in page.text
    stored = AS_STORED | {"since": "2026-03-02", "until": "2026-03-06"}
    assert kept(town.database) == [stored]
    assert written_down(town.database) == [("jan", "notice.add", "belzyce", {"after": stored})]
    assert WORDS["pl"] in desk.go("/staff/ways-in/belzyce-urzad/preview").text


def test_it_is_changed_ended_and_deleted(desk_of: Seated, town: Town) -> None:
    tell(town.database, AS_STORED)
    desk = desk_of("iwona")
    address = open_first(desk)
    assert desk.page.form(address).fields["de"] == WORDS["de"]

    desk.submit(address, en="The office is closed.", de="", link="")
    changed = {"text": {"pl": WORDS["pl"], "en": "The office is closed."}}
    assert kept(town.database) == [changed]

    page = desk.submit(f"{open_first(desk)}/end")
    assert "Over" in page.text
    assert kept(town.database) == [changed | {"until": "2026-03-01"}]
    assert "closed" not in desk.go("/staff/ways-in/belzyce-urzad/preview").text

    desk.submit(f"{open_first(desk)}/delete")
    assert kept(town.database) == []
    assert [(action, set(detail)) for _, action, _, detail in written_down(town.database)] == [
        ("notice.change", {"before", "after"}),
        ("notice.change", {"before", "after"}),
        ("notice.delete", {"before"}),
    ]


def test_the_list_has_first_what_residents_read_now(desk_of: Seated, town: Town) -> None:
    tell(
        town.database,
        {"text": {"pl": "Minione"}, "until": "2026-03-01"},
        {"text": {"pl": "Przyszłe"}, "since": "2026-03-03"},
        {"text": {"pl": "Dzisiejsze"}, "since": "2026-03-02"},
    )
    page = desk_of("jan").go(LIST)
    titles = [name for name, address in page.links.items() if address.startswith(f"{LIST}/belzyce/")]
    assert titles[:3] == ["Dzisiejsze", "Przyszłe", "Minione"]
    states = [page.text.index(words) for words in ("Residents read it now", "Coming", "Over")]
    assert states == sorted(states)


def test_one_that_began_today_can_only_be_deleted(desk_of: Seated, town: Town) -> None:
    tell(town.database, {"text": WORDS, "since": "2026-03-02"})
    desk = desk_of("jan")
    address = open_first(desk)
    assert [form.action for form in desk.page.forms if "/belzyce/" in form.action] == [address, f"{address}/delete"]
    assert desk.post(f"{address}/end") == 303
    assert kept(town.database) == [{"text": WORDS, "since": "2026-03-02"}]


_WRONG = (
    ({"pl": " "}, "Fill this in."),
    ({"pl": "x" * 301}, "Use at most 300 characters."),
    ({"pl": "a\u202eb"}, "cannot be shown"),
    ({"since": "2026-03-03", "until": "2026-03-02"}, "The last day is before the first"),
    ({"since": "soon"}, "Give a day, such as 2026-03-02"),
    ({"link": "http://belzyce.example.pl"}, "https://, then the name of its server"),
    ({"link": "javascript:alert(1)"}, "https://, then the name of its server"),
    ({"link": "https://user@evil.example"}, "https://, then the name of its server"),
    ({"link": "https://evil.example\\@belzyce.example.pl"}, "https://, then the name of its server"),
    ({"link": "https://belzyce.example.pl:99999/"}, "https://, then the name of its server"),
)


def test_what_cannot_be_is_explained_and_changes_nothing(desk_of: Seated, town: Town) -> None:
    desk = desk_of("jan")
    for typed, complaint in _WRONG:
        desk.go(NEW)
        page = desk.submit(NEW, **CLOSED | typed)
        assert (complaint in page.text, desk.response.status_code) == (True, 422), typed
        assert page.form(NEW).fields["de"] == CLOSED["de"], "what was typed stays"
    assert kept(town.database) == []


def test_two_who_write_at_once_both_have_theirs(network: Database) -> None:
    at_once = threading.Barrier(4)

    def write(number: int) -> bool:
        with network.write() as db:
            notice = NoticeEntry.model_validate({"text": {"pl": f"Nr {number}"}})
            if network.engine.dialect.name == "postgresql":  # SQLite lets nobody else begin
                at_once.wait(timeout=60)
            gmina = db.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
            return notices.add(db, gmina, notice, by="jan", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(write, range(4)))
    assert {each["text"]["pl"] for each in kept(network)} == {f"Nr {number}" for number in range(4)}


def test_a_mistake_seen_beforehand_is_still_a_change_of_the_same_notice(desk_of: Seated, town: Town) -> None:
    tell(town.database, AS_STORED)
    desk = desk_of("jan")
    address = open_first(desk)
    page = desk.submit(address, by_button=PREVIEW, link="nowhere", **{"in": "pl"})
    assert desk.response.status_code == 422
    assert page.form(address).fields["pl"] == WORDS["pl"]


def test_there_are_ten_at_most(desk_of: Seated, town: Town) -> None:
    tell(town.database, *({"text": {"pl": f"Nr {number}"}} for number in range(MOST_NOTICES)))
    desk = desk_of("jan")
    desk.go(NEW)
    assert "There are ten notices already." in desk.submit(NEW, **CLOSED).text
    assert len(kept(town.database)) == MOST_NOTICES


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(desk_of: Seated, town: Town) -> None:
    tell(town.database, AS_STORED)
    desk = desk_of("jan")
    address = open_first(desk)
    tell(town.database, {"text": {"pl": "Zmienione"}})

    page = desk.submit(address, en="Mine")

    assert (desk.response.status_code, page.form(NEW).fields["en"]) == (409, "Mine")
    assert desk.post(f"{address}/delete") == 303
    assert "Somebody else changed or deleted" in desk.go(LIST).text
    assert kept(town.database) == [{"text": {"pl": "Zmienione"}}]


def test_it_is_seen_beforehand_as_on_its_first_day_in_each_language(desk_of: Seated, town: Town) -> None:
    tell(
        town.database,
        {"text": {"pl": "Do jutra"}, "until": "2026-03-03"},
        {"text": {"pl": "Dłużej"}, "until": "2026-03-30"},
    )
    desk = desk_of("jan")
    for language, words in {"de": WORDS["de"], "uk": WORDS["pl"], "en": WORDS["pl"], "pl": WORDS["pl"]}.items():
        desk.go(NEW)
        page = desk.submit(NEW, by_button=PREVIEW, **CLOSED, since="2026-03-05", **{"in": language})
        assert (page.heading, page.language) == ("Urząd", language)
        assert words in page.text
        assert "Dłużej" in page.text
        assert "Do jutra" not in page.text
        assert "form-action 'none'" in desk.response.headers["Content-Security-Policy"]
    assert len(kept(town.database)) == 2
    desk.go(NEW)
    assert desk.post(PREVIEW, pl="x", **{"in": "xx"}) == 400


def test_one_that_is_changed_is_seen_once(desk_of: Seated, town: Town) -> None:
    tell(town.database, AS_STORED)
    desk = desk_of("jan")
    address = open_first(desk)
    page = desk.submit(address, by_button=PREVIEW, pl="Inaczej", **{"in": "pl"})
    assert "Inaczej" in page.text
    assert WORDS["pl"] not in page.text


def test_an_authority_without_hotspots_has_no_page_to_look_at(desk_of: Seated) -> None:
    desk = desk_of("anna")
    desk.go("/staff/notices/powiat-lubelski/new")
    assert desk.post("/staff/notices/powiat-lubelski/preview", pl="x", **{"in": "pl"}) == 404


def test_nobody_touches_the_neighbours(desk_of: Seated, town: Town) -> None:
    tell(town.database, AS_STORED, slug="glusk")
    theirs = next(each for each in desk_of("ewa").go(LIST).links.values() if each.startswith(f"{LIST}/glusk/"))
    desk = desk_of("jan")
    assert "Głusk" not in desk.go(LIST).html
    for path in (theirs, "/staff/notices/glusk/new"):
        assert desk.status(path) == 404
        assert desk.post(path, **CLOSED) == 404
    for path in (f"{theirs}/end", f"{theirs}/delete"):
        assert desk.post(path) == 404
    assert desk.post("/staff/notices/glusk/preview", pl="x", **{"in": "pl"}) == 404
    assert kept(town.database, "glusk") == [AS_STORED]


@pytest.mark.parametrize("path", [NEW, f"{LIST}/belzyce/0123456789abcdef/delete", PREVIEW])
def test_a_request_from_elsewhere_is_refused(desk_of: Seated, town: Town, path: str) -> None:
    desk = desk_of("jan")
    assert desk.post_without_token(path) == 400
    assert kept(town.database) == []


def test_a_stranger_is_led_to_the_door(app: Flask, town: Town) -> None:
    desk = Desk(app, town.passwords)
    assert desk.status(LIST) == 302
    desk.go("/staff/login")
    assert desk.post(NEW, **CLOSED) == 302
    assert kept(town.database) == []


def test_the_inventory_has_what_staff_wrote_and_an_older_file_says_what_it_takes_away(network: Database) -> None:
    before = _exported(network)
    with network.write() as db:
        gmina = db.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
        assert notices.add(db, gmina, NoticeEntry.model_validate(AS_STORED), by="jan", now=NOW)

    after = _exported(network)
    assert WORDS["pl"] in after
    assert _changes(network, after) == []
    assert [(each.name, each.field, each.before, each.after) for each in _changes(network, before)] == [
        ("belzyce", "page", {"notices": [AS_STORED]}, None)
    ]


def _exported(database: Database) -> str:
    with database.read() as db:
        return to_text(stored_inventory(db, database.vault), show_secrets=True)


def _changes(database: Database, text: str) -> list[Any]:
    inventory = read_text(text, "file")
    return import_inventory(database, inventory, source="file", actor="test", now=NOW, dry_run=True)
