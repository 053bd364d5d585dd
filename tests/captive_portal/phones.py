"""A resident's phone in a real browser, as narrow as the smallest, and what the tests of all gateways ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from captive_portal.gateways.dialects import READERS
from hotspots import models
from tests.radius.running import House


@contextmanager
def phone_of(chromium: Browser, *, javascript: bool = True, locale: str = "en-GB") -> Iterator[Page]:
    """A phone that reads this language and takes the certificates of stand-ins."""
    context = chromium.new_context(
        viewport={"width": 320, "height": 640},
        java_script_enabled=javascript,
        ignore_https_errors=True,
        locale=locale,
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    try:
        yield page
    finally:
        context.close()


def reads(phone: Page, heading: str) -> None:
    expect(phone.get_by_role("heading", level=1)).to_have_text(heading)


def comes_back(phone: Page, asked_at: str) -> None:
    """Wait until its gateway has sent the browser back to us: to its own page here, or on from there already."""

    def is_back(url: str) -> bool:
        return url != asked_at and urlsplit(url).path.split("/")[1] in ("arrived", *READERS)

    phone.wait_for_url(is_back)


def session(house: House) -> models.Session:
    """The one session that there is."""
    with house.database.read() as db:
        return db.scalars(select(models.Session)).one()
