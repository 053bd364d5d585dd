"""Takes the picture of the dashboard from a running system, while simulated residents are about (`--help`)."""

from __future__ import annotations

import argparse
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
NEW_PASSWORD = "pictures for the documentation"  # noqa: S105 - of a system that lives for the pictures


def main() -> None:
    """Sign in, and take the dashboard."""
    parser = argparse.ArgumentParser(
        description=f"Take docs/dashboard.png. A first password is changed to {NEW_PASSWORD!r} on the way.",
        epilog="Example: python docs/screenshots.py http://127.0.0.1:8080 PASSWORD",
    )
    parser.add_argument("address", help="of the portal")
    parser.add_argument("password", help="of the administrator, admin")
    wanted = parser.parse_args()
    address, password = wanted.address, wanted.password
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
