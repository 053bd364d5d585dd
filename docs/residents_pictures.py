"""Takes the pictures of docs/residents.md: `python -m docs.residents_pictures`, in the folder of the project.

The portal, a gateway and RADIUS are those of the tests, on loopback; the phone is Chromium, as wide as a phone.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr
from sqlalchemy import make_url

from hotspots import keys
from hotspots.database import Database
from hotspots.logins.tickets import TicketDesk
from hotspots.settings import Settings
from hotspots.storage import migrate
from hotspots.vault import Vault
from tests.captive_portal import portal
from tests.captive_portal import test_accessibility as pages
from tests.captive_portal.conftest import CHROMIUM, UAM_SECRET
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.public_page import show_all
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.hotspots.places import add_network

FOLDER = Path(__file__).parent / "residents"
PHONE = {"width": 390, "height": 844}
TAKEN: dict[str, tuple[Callable[[Page, pages.Place], None], str]] = {
    "login": (pages.PAGES["login"], "pl"),
    "login-uk": (pages.PAGES["login"], "uk"),
    "voucher": (pages.PAGES["login_with_a_mistake"], "pl"),
    "online": (pages.online, "pl"),
    "refused": (pages.PAGES["refused"], "pl"),
    "privacy": (pages.PAGES["privacy"], "pl"),
    "declaration": (pages.PAGES["accessibility"], "pl"),
    "help": (pages.PAGES["help"], "pl"),
}


def main() -> None:
    """Take all of them, each with a network of its own."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, (journey, language) in TAKEN.items():
            with tempfile.TemporaryDirectory(prefix="powiat-hotspots-") as folder:
                take(browser, name, journey, language, Path(folder))
        browser.close()


def take(
    browser: Browser, name: str, journey: Callable[[Page, pages.Place], None], language: str, folder: Path
) -> None:
    """One picture of the page that the journey ends on."""
    secret_key = SecretStr(secrets.token_hex(32))
    vault = Vault(keys.derive(secret_key, keys.SECRETS_AT_REST))
    database = Database(make_url(f"sqlite:///{folder}/hotspots.db"), vault)
    os.environ["HOTSPOTS_DATABASE_URL"] = str(database.engine.url)
    _fill(database)
    tickets = TicketDesk(keys.derive(secret_key, keys.TICKETS))
    voucher_key = keys.derive(secret_key, keys.VOUCHER_LOOKUP)
    radius = RadiusStandIn(database, "belzyce-urzad-1", tickets, voucher_key, lambda: datetime.now(UTC))
    context = browser.new_context(viewport=PHONE, locale=language)
    with portal.serving(Settings(data_dir=folder, secret_key=secret_key)) as base:
        chilli = FakeCoovaChilli(f"{base}/uam", UAM_SECRET, radius.nas_identifier, radius.authenticate)
        with chilli.serving() as any_page:
            page = context.new_page()
            journey(page, pages.Place(base, any_page, chilli, radius, database, language))
            page.screenshot(path=FOLDER / f"{name}.png", full_page=name not in ("privacy", "declaration"))
    context.close()
    database.close()


def _fill(database: Database) -> None:
    migrate.upgrade(database.engine)
    with database.write() as db:
        plan = add_network(db, database.vault).hotspot.plan
        plan.session_seconds, plan.pause_seconds = 4 * 3600, 900
        plan.daily_octets, plan.rate_down_bps = 1_000_000_000, 10_000_000
        plan.remember_seconds = 30 * 24 * 3600
        show_all(db)


if __name__ == "__main__":
    main()
