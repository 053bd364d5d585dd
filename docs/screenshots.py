"""Takes the pictures of the documentation from a running system: `python docs/screenshots.py URL PASSWORD`.

The password is the administrator's; a first password is changed to NEW_PASSWORD on the way.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
NEW_PASSWORD = "pictures for the documentation"  # noqa: S105 - of a system that lives for the pictures


def main() -> None:
    """Sign in, and take the dashboard."""
    address, password = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
        sign_in(page, address, password)
        page.goto(f"{address}/staff/")
        page.wait_for_timeout(2000)  # the chart is drawn after the page has come
        page.screenshot(path=HERE / "dashboard.png")
        browser.close()


def sign_in(page: Page, address: str, password: str) -> None:
    """Sign in as the administrator, and change a first password."""
    page.goto(f"{address}/staff/")
    page.fill("input[name=name]", "admin")
    page.fill("input[name=password]", password)
    page.click("main button")
    if "password" in page.url:
        fields = page.locator("input[type=password]")
        for index, value in enumerate((password, NEW_PASSWORD, NEW_PASSWORD)):
            fields.nth(index).fill(value)
        page.click("main button")


if __name__ == "__main__":
    main()
