"""A controller with a database of three access points in two gminas, and devices that answer by SSH."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.database import Database
from hotspots.models import AccessPoint, Authority, Hotspot
from tests.ansible.controller import Controller
from tests.ansible.device import Sshd, running_sshd
from tests.hotspots.places import add_network

OPENWRT = ("belzyce-urzad-1", "belzyce-urzad-2", "garbow-urzad-1")
RADIOS = [{"band": "2g", "channel": 6}]
HOSTILE_SSID = "a    b 'c' \\ $d `e` \"ł\""


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd") / "server") as server:
        yield server


@pytest.fixture
def controller(sqlite_database: Database, secret_key: SecretStr, tmp_path: Path, sshd: Sshd) -> Controller:
    fill(sqlite_database)  # of the database a roll-out sees only what the command for the inventory prints
    devices = tmp_path / "devices"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("HOTSPOTS_", "ANSIBLE_"))
    }
    environment |= {
        "HOTSPOTS_DATA_DIR": str(tmp_path),
        "HOTSPOTS_DATABASE_URL": sqlite_database.engine.url.render_as_string(hide_password=False),
        "HOTSPOTS_SECRET_KEY": secret_key.get_secret_value(),
        "HOTSPOTS_PORTAL_BASE_URL": "https://hotspot.example.org",
        "INVENTORY_COMMAND": f"{sys.executable} -m hotspots",
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "TMPDIR": str(tmp_path / "private"),
    }
    (tmp_path / "private").mkdir()
    controller = Controller(tmp_path, sshd, devices, environment)
    for name in OPENWRT:
        device = controller.device(name)
        device.write("etc/config/system", f"config system 'factory'\n\toption hostname '{name}'\n")
        for service in ("reload_config", "chilli", "check"):
            device.service(service)
    return controller


def fill(database: Database) -> None:
    with database.write() as session:
        first = add_network(session, database.vault)
        first.radios = RADIOS
        first.hotspot.ssid = HOSTILE_SSID
        garbow = Hotspot(
            slug="garbow-urzad",
            name="Urząd",
            authority=Authority(slug="garbow", name="Gmina Garbów", kind="gmina"),
            plan=first.hotspot.plan,
            place_kind="office",
            address="Garbów 55",
            latitude=51.3531,
            longitude=22.3370,
            declared_range_m=50,
            ssid="Powiat",
        )
        for name, hotspot, make in (
            ("garbow-urzad-1", garbow, "openwrt"),
            ("belzyce-urzad-2", first.hotspot, "openwrt"),
            ("garbow-rynek-1", garbow, "mikrotik"),
        ):
            session.add(
                AccessPoint(
                    name=name,
                    nas_identifier=name,
                    hotspot=hotspot,
                    make=make,
                    gateway="mikrotik" if make == "mikrotik" else "coovachilli",
                    address="127.0.0.1",
                    radios=RADIOS,
                    sealed_secret=database.vault.seal(SecretStr(f"radius secret of {name}")),
                    sealed_uam_secret=database.vault.seal(SecretStr("uam secret")),
                )
            )
