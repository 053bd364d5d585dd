from pathlib import Path

import pytest
from sqlalchemy import func, select

from hotspots import audit, staff
from hotspots.database import open_database
from hotspots.inventory.apply import import_inventory
from hotspots.inventory.reading import read_text
from hotspots.models import AccessPoint, AuditEntry, Hotspot, StaffMember
from hotspots.processes import bootstrap
from hotspots.settings import Settings, load_settings
from hotspots.storage.migrate import head, upgrade
from tests.hotspots.inventory.text import SMALL
from tests.hotspots.places import NOW


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_DATA_DIR", str(tmp_path / "var"))
    return load_settings()


def test_the_first_start_makes_all_and_the_second_nothing(settings: Settings) -> None:
    first = bootstrap.prepare(settings)
    second = bootstrap.prepare(settings)

    assert (first.migrated, first.imported, first.administrator) == ((None, head()), True, "admin")
    assert first.first_password is not None
    assert (second.migrated, second.imported, second.first_password) == ((head(), head()), False, None)
    database = open_database(settings)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Hotspot)) == 22
        assert session.scalar(select(func.count()).select_from(AccessPoint)) == 22
        assert session.scalars(select(AuditEntry.action)).all() == ["inventory.import", "staff.add"]
        assert audit.verify(session).broken_at is None
    member = staff.sign_in(database, "admin", first.first_password, NOW)
    database.close()
    assert member is not None
    assert (member.role, member.must_change_password, member.authority.kind) == ("administrator", True, "powiat")
    assert first.first_password.get_secret_value() not in repr(first)


def test_an_inventory_of_ones_own_is_left_alone(settings: Settings) -> None:
    database = open_database(settings)
    upgrade(database.engine)
    import_inventory(database, read_text(SMALL, "file"), source="file", actor="jan", now=NOW)

    prepared = bootstrap.prepare(settings)

    assert not prepared.imported
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Hotspot)) == 2
    database.close()


def test_a_gmina_on_its_own_has_its_own_administrator(settings: Settings) -> None:
    database = open_database(settings)
    upgrade(database.engine)
    powiat = SMALL[SMALL.index("  - slug: powiat-lubelski") : SMALL.index("  - slug: belzyce\n")]
    import_inventory(database, read_text(SMALL.replace(powiat, ""), "file"), source="file", actor="jan", now=NOW)

    bootstrap.prepare(settings)

    with database.read() as session:
        assert session.scalars(select(StaffMember)).one().authority.slug == "belzyce"
    database.close()
