"""Authorities as residents read of them: in the order of the Polish alphabet, with their networks."""

from __future__ import annotations

from hotspots.database import Database
from hotspots.models import Authority
from hotspots.public_pages import authorities
from tests.hotspots.places import add_library, add_network


def test_they_stand_in_the_order_of_the_polish_alphabet(database: Database) -> None:
    names = ["Żabno", "Lublin", "Świdnik", "Zamość", "Łęczna", "Sosnowica", "ćmielów", "Cyców"]
    with database.write() as db:
        db.add_all(Authority(slug=name, name=name, kind="gmina") for name in names)
    found = authorities.with_hotspots(database)
    assert [row.name for row in found] == [
        *("Cyców", "ćmielów", "Lublin", "Łęczna", "Sosnowica", "Świdnik", "Zamość", "Żabno")
    ]


def test_each_has_its_hotspots(database: Database) -> None:
    with database.write() as db:
        add_network(db, database.vault)
        add_library(db)
    found = {row.slug: [hotspot.slug for hotspot in row.hotspots] for row in authorities.with_hotspots(database)}
    assert found == {"belzyce": ["belzyce-biblioteka", "belzyce-urzad"], "powiat-lubelski": []}


def test_a_network_of_several_hotspots_is_named_once(database: Database) -> None:
    with database.write() as db:
        belzyce = add_network(db, database.vault).hotspot.authority_id
        add_library(db)
        garbow = Authority(slug="garbow", name="Gmina Garbów", kind="gmina")
        db.add(garbow)
        db.flush()
        theirs = add_library(db, slug="garbow-biblioteka", ssid="Garbow", authority_id=garbow.id)
    with database.read() as db:
        assert authorities.networks(db) == ["Garbow", "Powiat"]
        assert authorities.networks(db, belzyce) == ["Powiat"]
        assert authorities.networks(db, theirs.authority_id) == ["Garbow"]
