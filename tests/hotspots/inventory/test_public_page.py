"""What an authority says on its own pages: in the file, in the database, and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hotspots.database import Database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.faults import InventoryError
from hotspots.inventory.reading import read_text
from hotspots.inventory.stored import stored_inventory
from hotspots.inventory.writing import canonical, header_of, to_text
from tests.hotspots.inventory.text import SMALL

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = """\
    page:
      colour: '#8a1538'
      welcome:
        pl: Witamy w Bełżycach
        uk: Вітаємо в Белжице
      notices:
        - text:
            pl: W piątek urząd jest nieczynny
          since: 2026-03-01
          until: 2026-03-06
          link: https://belzyce.example.pl/e-uslugi
      data_protection: iod@belzyce.example.pl
      accessibility:
        published: 2026-01-15
        updated: 2026-02-01
        prepared: 2026-02-02
        reviewed: 2026-02-20
        status: partial
        exceptions:
          pl: Mapa nie ma wersji dla czytników ekranu
        person: Anna Kowalska
        email: dostepnosc@belzyce.example.pl
        phone: 81 516 00 00
        architecture:
          pl: Wejście bez schodów od ul. Lubelskiej
        communication:
          pl: Tłumacz języka migowego po zgłoszeniu
"""
AFTER = "    kind: gmina\n    retention_mode: undecided\n    retention_days: 30\n"
TEXT = SMALL.replace(AFTER, AFTER + PAGE)


def test_the_page_comes_back_as_it_was_written(database: Database) -> None:
    inventory = read_text(TEXT, "file")
    assert to_text(inventory, header=header_of(TEXT)) == TEXT

    import_inventory(database, inventory, source="file", actor="test", now=NOW)
    with database.read() as db:
        stored = stored_inventory(db, database.vault)
    (page,) = (each.page for each in stored.authorities if each.page)
    assert page == canonical(inventory).authorities[1].page
    assert import_inventory(database, inventory, source="file", actor="test", now=NOW) == []

    changed = read_text(TEXT.replace("#8a1538", "#0b6b4f"), "file")
    (change,) = import_inventory(database, changed, source="file", actor="test", now=NOW)
    assert (change.name, change.field) == ("belzyce", "page")
    (change,) = import_inventory(database, read_text(SMALL, "file"), source="file", actor="test", now=NOW)
    assert change.after is None


@pytest.mark.parametrize(
    ("line", "instead", "reason"),
    [
        ("colour: '#8a1538'", "colour: '#ffcc00'", "contrast of 1."),
        ("colour: '#8a1538'", "color: '#8a1538'", "did you mean colour"),
        ("pl: Witamy w Bełżycach", "de: Willkommen", "needs pl"),
        ("status: partial", "status: full", "status full has no exceptions"),
        ("        exceptions:\n          pl: Mapa nie ma wersji dla czytników ekranu\n", "", "needs exceptions"),
        ("updated: 2026-02-01", "updated: 2025-02-01", "updated is not before published"),
        ("prepared: 2026-02-02", "prepared: kiedyś", "prepared"),
        ("        person: Anna Kowalska\n", "", "is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(line: str, instead: str, reason: str) -> None:
    assert line in TEXT
    with pytest.raises(InventoryError, match=reason) as caught:
        read_text(TEXT.replace(line, instead), "file")
    assert all(fault.line > 0 for fault in caught.value.faults)
