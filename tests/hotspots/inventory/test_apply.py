from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from hotspots import audit
from hotspots.database import Database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.changes import Action, Change, Kind
from hotspots.inventory.document import Inventory
from hotspots.inventory.faults import InventoryError
from hotspots.inventory.reading import read_file, read_text
from hotspots.inventory.stored import stored_inventory
from hotspots.inventory.writing import header_of, to_text
from hotspots.models import (
    AccessPoint,
    AuditEntry,
    Authority,
    Hotspot,
    Kiosk,
    ServicePlan,
    Session,
    StaffMember,
    UsageHour,
)
from hotspots.models import Change as Notice
from tests.hotspots.inventory.test_writing import EXAMPLE
from tests.hotspots.inventory.text import SMALL, changed
from tests.hotspots.places import NOW


def _import(database: Database, inventory: Inventory | str, *, dry_run: bool = False) -> list[Change]:
    if isinstance(inventory, str):
        inventory = read_text(inventory, "file")
    return import_inventory(database, inventory, source="file", actor="jan", now=NOW, dry_run=dry_run)


def _stored(database: Database, *, show_secrets: bool = False) -> str:
    with database.read() as session:
        return to_text(stored_inventory(session, database.vault), show_secrets=show_secrets)


def _count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _access_point(database: Database, name: str) -> AccessPoint:
    with database.read() as session:
        return session.scalars(select(AccessPoint).where(AccessPoint.name == name)).one()


@pytest.mark.parametrize("text", [SMALL, EXAMPLE.read_text(encoding="utf-8")], ids=["small", "example"])
def test_what_is_imported_is_exported_byte_by_byte(database: Database, text: str) -> None:
    _import(database, text)
    assert header_of(text) + _stored(database) == text


def test_importing_again_or_importing_the_export_changes_nothing(database: Database) -> None:
    example = read_file(EXAMPLE)
    assert {change.action for change in _import(database, example)} == {Action.ADD}
    before = _stored(database, show_secrets=True)
    notices = _count(database, Notice)

    assert _import(database, example) == []
    assert _import(database, _stored(database)) == []
    assert _import(database, before) == []

    assert _stored(database, show_secrets=True) == before
    assert _count(database, Notice) == notices
    assert _count(database, AuditEntry) == 1


def test_secrets_are_made_long_and_different_and_are_sealed(database: Database) -> None:
    _import(database, SMALL)
    first, second = (_access_point(database, f"belzyce-urzad-{number}") for number in (1, 2))
    sealed = [first.sealed_secret, first.sealed_uam_secret, second.sealed_secret, second.sealed_uam_secret]
    secrets = [database.vault.open(value).get_secret_value() for value in sealed]
    assert len(set(secrets)) == 4
    assert all(len(secret) >= 32 for secret in secrets)
    assert not any(secret.encode() in value for secret, value in zip(secrets, sealed, strict=True))


def test_a_secret_in_the_file_is_taken_and_kept_when_the_file_no_longer_has_it(database: Database) -> None:
    with_secret = changed("nas_identifier: gm-02", "nas_identifier: gm-02\n            secret: from-the-file")
    _import(database, SMALL)

    changes = _import(database, with_secret)

    assert [(change.name, change.field) for change in changes] == [("belzyce-urzad-2", "secret")]
    assert "from-the-file" not in repr(changes)
    assert _import(database, SMALL) == []
    sealed = _access_point(database, "belzyce-urzad-2").sealed_secret
    assert database.vault.open(sealed) == SecretStr("from-the-file")


def test_a_dry_run_says_what_would_change_and_changes_nothing(database: Database) -> None:
    _import(database, SMALL)
    before, audited = _stored(database, show_secrets=True), _count(database, AuditEntry)
    other = changed("declared_range_m: 50", "declared_range_m: 60")

    changes = _import(database, other, dry_run=True)

    assert changes == [Change(Action.CHANGE, Kind.HOTSPOT, "belzyce-urzad", "declared_range_m", 50, 60)]
    assert (_stored(database, show_secrets=True), _count(database, AuditEntry)) == (before, audited)
    assert _import(database, other) == changes


def test_only_rows_that_change_are_announced(database: Database) -> None:
    _import(database, SMALL)
    before = _count(database, Notice)

    _import(database, changed("address: 127.0.1.1", "address: 127.0.9.9"))

    access_point = _access_point(database, "belzyce-urzad-1")
    with database.read() as session:
        notices = session.scalars(select(Notice).order_by(Notice.id).offset(before)).all()
        assert [(notice.topic, notice.key) for notice in notices] == [("access_points", str(access_point.id))]


def test_an_access_point_that_is_gone_is_marked_and_comes_back_with_its_secrets(database: Database) -> None:
    _import(database, SMALL)
    before = _stored(database, show_secrets=True)
    old = _access_point(database, "belzyce-urzad-2")
    without = SMALL[: SMALL.index("          - name: belzyce-urzad-2")] + SMALL[SMALL.index("        kiosks:") :]

    assert _import(database, without) == [Change(Action.REMOVE, Kind.ACCESS_POINT, "belzyce-urzad-2")]

    removed = _access_point(database, "belzyce-urzad-2")
    assert (removed.id, removed.removed_at) == (old.id, NOW)
    assert "belzyce-urzad-2" not in _stored(database)
    assert _import(database, SMALL) == [Change(Action.ADD, Kind.ACCESS_POINT, "belzyce-urzad-2")]
    assert _access_point(database, "belzyce-urzad-2").removed_at is None
    assert _stored(database, show_secrets=True) == before


def test_a_successor_may_take_the_identifier_of_a_removed_access_point(database: Database) -> None:
    _import(database, SMALL)
    renamed = changed("name: belzyce-urzad-2", "name: belzyce-urzad-3")

    changes = _import(database, renamed)

    assert [(change.action, change.name) for change in changes] == [
        (Action.ADD, "belzyce-urzad-3"),
        (Action.REMOVE, "belzyce-urzad-2"),
    ]
    assert _access_point(database, "belzyce-urzad-3").nas_identifier == "gm-02"


def test_two_access_points_may_exchange_their_identifiers(database: Database) -> None:
    _import(database, SMALL)
    exchanged = changed("nas_identifier: gm-02", "nas_identifier: belzyce-urzad-1").replace(
        "address: 127.0.1.1", "address: 127.0.1.1\n            nas_identifier: gm-02"
    )

    _import(database, exchanged)

    assert _access_point(database, "belzyce-urzad-1").nas_identifier == "gm-02"
    assert _access_point(database, "belzyce-urzad-2").nas_identifier == "belzyce-urzad-1"


def _add_session(database: Database) -> None:
    access_point = _access_point(database, "belzyce-urzad-1")
    with database.write() as session:
        session.add(
            Session(
                key="k", access_point_id=access_point.id, acct_session_id="1", started_at=NOW, updated_at=NOW,
                changed_at=NOW,
            )
        )  # fmt: skip
        session.add(UsageHour(hour=NOW, access_point_id=access_point.id))


OFFICE = SMALL[SMALL.index("      - slug: belzyce-urzad") :]


def test_a_hotspot_with_history_stays(database: Database) -> None:
    _import(database, SMALL)
    _add_session(database)
    before = _stored(database, show_secrets=True)

    for dry_run in (True, False):
        with pytest.raises(InventoryError) as caught:
            _import(database, SMALL.replace(OFFICE, ""), dry_run=dry_run)

    assert "hotspot belzyce-urzad: is no longer in the inventory, but has sessions (1), hours of usage (1)" in str(
        caught.value
    )
    assert _stored(database, show_secrets=True) == before
    assert _import(database, SMALL[: SMALL.index("        access_points:")]) != []
    assert _access_point(database, "belzyce-urzad-1").removed_at == NOW


def test_a_hotspot_without_history_goes_with_all_that_it_has(database: Database) -> None:
    _import(database, SMALL)

    changes = _import(database, SMALL.replace(OFFICE, ""))

    assert [(change.action, change.kind) for change in changes] == [
        (Action.REMOVE, Kind.KIOSK),
        (Action.REMOVE, Kind.ACCESS_POINT),
        (Action.REMOVE, Kind.ACCESS_POINT),
        (Action.REMOVE, Kind.HOTSPOT),
    ]
    assert [_count(database, model) for model in (Kiosk, AccessPoint, Hotspot)] == [0, 0, 1]


def test_a_hotspot_may_move_to_another_authority_whose_old_one_goes(database: Database) -> None:
    _import(database, SMALL)
    _add_session(database)
    moved = changed("slug: belzyce\n", "slug: belzyce-nowe\n")

    changes = _import(database, moved)

    assert (Action.REMOVE, Kind.AUTHORITY, "belzyce") in [(item.action, item.kind, item.name) for item in changes]
    assert header_of(SMALL) + _stored(database) == moved


def test_an_access_point_takes_its_history_to_another_hotspot(database: Database) -> None:
    _import(database, SMALL)
    _add_session(database)
    moved = changed("slug: belzyce-urzad\n", "slug: belzyce-ratusz\n")

    _import(database, moved)

    with database.read() as session:
        assert session.scalars(select(Session)).one().access_point.hotspot.slug == "belzyce-ratusz"


def test_an_authority_with_staff_and_a_plan_in_use_stay(database: Database) -> None:
    extra = SMALL.replace("authorities:", "  - slug: vip\n    name: VIP\n\nauthorities:")
    _import(database, extra)
    with database.write() as session:
        authority = session.scalars(select(Authority).where(Authority.slug == "belzyce")).one()
        session.add(
            StaffMember(name="jan", role="clerk", authority_id=authority.id, password_hash="x", created_at=NOW)
        )
        plan = session.scalars(select(ServicePlan).where(ServicePlan.slug == "vip")).one()
        access_point = session.scalars(select(AccessPoint)).first()
        assert access_point is not None
        session.add(
            Session(
                key="k", access_point_id=access_point.id, acct_session_id="1", plan_id=plan.id,
                started_at=NOW - timedelta(hours=1), updated_at=NOW, changed_at=NOW,
            )
        )  # fmt: skip

    with pytest.raises(InventoryError) as caught:
        _import(database, SMALL[: SMALL.index("  - slug: belzyce\n")])

    assert [fault.field for fault in caught.value.faults] == [
        "authority belzyce", "hotspot belzyce-urzad", "plan vip",
    ]  # fmt: skip


def test_an_import_is_written_down(database: Database) -> None:
    _import(database, SMALL)
    with database.read() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject) == ("jan", "inventory.import", "file")
        assert entry.detail["counts"]["access point add"] == 2
        assert audit.verify(session).broken_at is None
