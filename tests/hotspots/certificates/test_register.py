"""The register of certificates, on both databases."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography import x509
from sqlalchemy.orm import Session

from hotspots.certificates import issuing, register
from hotspots.certificates.issuing import KeyKind
from hotspots.database import Database
from hotspots.errors import HotspotsError
from hotspots.inventory.apply import edit_inventory
from hotspots.inventory.document import Inventory
from hotspots.logins.directory import Directory
from hotspots.models import Certificate
from tests.hotspots.places import NOW, add_network

NAME = "belzyce-urzad-1"


@pytest.fixture
def network(database: Database) -> Database:
    with database.write() as db:
        add_network(db, database.vault)
        found(db, database, "the first")
    return database


def found(db: Session, database: Database, name: str) -> None:
    register.found_authority(db, database.vault, name, issuing.make_key(KeyKind.EC), NOW, 365)


def sign(db: Session, database: Database) -> Certificate:
    public_key = issuing.make_key(KeyKind.EC).public_key()
    return register.sign_for_access_point(db, database.vault, NAME, public_key, NOW, 30)


def without_hotspots(inventory: Inventory) -> Inventory:
    authorities = [each.model_copy(update={"hotspots": []}) for each in inventory.authorities]
    return inventory.model_copy(update={"authorities": authorities})


def test_workers_know_the_good_ones_by_their_fingerprints(network: Database) -> None:
    directory = Directory(network)
    directory.load(NOW)
    assert directory.certificates == {}
    with network.write() as db:
        first, second = sign(db, network), sign(db, network)
    directory.refresh(NOW)
    assert directory.certificates == {first.fingerprint: 1, second.fingerprint: 1}
    assert directory.has_certificate(1)

    with network.write() as db:
        register.revoke(db, register.find(db, first.serial, NOW), NOW, revoked_by="a test")
    directory.refresh(NOW)
    assert directory.certificates == {second.fingerprint: 1}


def test_a_certificate_counts_while_it_is_good(network: Database) -> None:
    def has(at: datetime = NOW, name: str = NAME) -> bool:
        with network.read() as db:
            return register.has_certificate(db, name, at)

    assert not has()
    with network.write() as db:
        made = sign(db, network)
    assert has()
    assert not has(name="another")
    assert not has(at=made.not_after)
    with network.write() as db:
        register.revoke(db, register.find(db, made.serial, NOW), NOW, revoked_by="a test")
    assert not has()


def test_an_access_point_that_is_deleted_leaves_its_certificates_revoked(network: Database) -> None:
    with network.write() as db:
        sign(db, network)

    edit_inventory(network, without_hotspots, source="a test", actor="a test", now=NOW)

    with network.read() as db:
        (row,) = [each for each in register.every(db) if each.name == NAME]
        assert (row.access_point_id, row.revoked_at) == (None, NOW)
        assert row.serial in [f"{entry.serial_number:x}" for entry in lists(db, network)[0]]


def lists(db: Session, database: Database) -> list[x509.CertificateRevocationList]:
    end = "-----END X509 CRL-----\n"
    pems = register.revocation_list(db, database.vault, NOW).split(end)[:-1]
    return [x509.load_pem_x509_crl((pem + end).encode()) for pem in pems]


def test_each_authority_lists_what_it_signed_itself(network: Database) -> None:
    with network.write() as db:
        old = sign(db, network)
        found(db, network, "the second")
        new = sign(db, network)
        register.revoke(db, [old, new], NOW, revoked_by="a test")

    with network.read() as db:
        found_serials = [[f"{entry.serial_number:x}" for entry in each] for each in lists(db, network)]
    assert found_serials == [[old.serial], [new.serial]]


def test_two_authorities_of_one_name_could_not_be_told_apart(network: Database) -> None:
    with pytest.raises(HotspotsError, match="there is an authority named the first already"), network.write() as db:
        found(db, network, "the first")
