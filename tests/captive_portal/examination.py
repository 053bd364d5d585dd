"""What is asked of every page in Chromium: axe-core, the keyboard alone, small screens, zoom, no haste."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TookTooLong

# Of all that axe asks, colours alone differ in the dark.
SCHEMES: dict[str, dict[str, Any]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
SCREENS = {
    "the smallest phone": (320, 640, 100),
    # WCAG 2.1, 1.4.10 and 1.4.4: a screen of 1280 by 1024 at these zooms, in CSS pixels; and text alone made larger.
    "400 %": (320, 256, 100),
    "200 %": (640, 512, 100),
    "text of 200 %": (640, 512, 200),
}
_FITS = "() => document.documentElement.scrollWidth <= innerWidth && !({})().length && !({})().length"
_PATIENCE_MS = 60_000
"""For scripts that draw anew when the screen has become another one."""
# Of a picture its frame; Plotly measures letters with another one, far outside of the page.
_BEYOND_THE_EDGE = """() => [...document.body.querySelectorAll('*')]
    .filter(each => each.checkVisibility() && each.className !== 'skip'
        && !each.ownerSVGElement && each.id !== 'js-plotly-tester'
        && (each.getBoundingClientRect().right > innerWidth + 0.5 || each.getBoundingClientRect().left < -0.5))
    .map(each => each.outerHTML.slice(0, 120))"""
_SCROLLED = """() => [...document.body.querySelectorAll('*')]
    .filter(each => ['auto', 'scroll'].includes(getComputedStyle(each).overflowX) && each.checkVisibility()
        && !/^(TEXTAREA|SELECT|INPUT)$/.test(each.tagName) && each.scrollWidth > each.clientWidth)
    .map(each => each.outerHTML.slice(0, 120))"""
_REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(each => each.type !== 'hidden' && !each.disabled && each.checkVisibility())
    .map((each, number) => each.dataset.number = String(number))"""
_FOCUSED = """() => {
    const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect()
    return {
        number: each.dataset.number ?? null,
        name: each.outerHTML.slice(0, 120),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
            && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    }
}"""


def faults(page: Page) -> list[str]:
    """All that is wrong with the page that is open; it is left as it was found, apart from the focus."""
    return [*_by_axe(page), *_by_keyboard(page), *_on_screens(page), *_in_haste(page)]


def _by_axe(page: Page) -> Iterator[str]:
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # it is one of the two that it takes
        response = Axe().run(page, options=rules).response
        assert response["passes"], "axe did not look at the page"
        for each in response["violations"]:
            for node in each["nodes"]:
                yield f"{scheme}: {each['id']}: {each['help']}: {node['html']}"


def _by_keyboard(page: Page) -> Iterator[str]:
    """Everything that can be used is reached by Tab, in the order of the page, and shows that it is."""
    wanted = page.evaluate(_REACHABLE)
    reached: list[str] = []
    for _ in range(4 * len(wanted) + 4):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        # Day, month and year of a date are stops of their own.
        if focused["number"] is None or focused["number"] in reached[-1:]:
            continue
        if focused["number"] in reached:
            break
        reached.append(focused["number"])
        if not focused["seen"]:
            yield f"the focus does not show: {focused['name']}"
    # A page may begin at the field that was filled in wrongly: from there it goes round.
    start = reached.index("0") if "0" in reached else 0
    if reached[start:] + reached[:start] != wanted:
        yield f"Tab reaches {reached} of {wanted}"


def _on_screens(page: Page) -> Iterator[str]:
    before = page.viewport_size
    for name, (width, height, percent) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(f"document.documentElement.style.fontSize = '{percent}%'")
        try:
            page.wait_for_function(_FITS.format(_BEYOND_THE_EDGE, _SCROLLED), timeout=_PATIENCE_MS)
        except TookTooLong:
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                yield f"{name}: the page is scrolled sideways"
            for each in page.evaluate(_BEYOND_THE_EDGE):
                yield f"{name}: beyond the edge: {each}"
            for each in page.evaluate(_SCROLLED):
                yield f"{name}: a part is scrolled sideways: {each}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    if before is not None:
        page.set_viewport_size(before)


def _in_haste(page: Page) -> Iterator[str]:
    """No page goes away by itself, unless the reader has chosen that (WCAG 2.1, 2.2.1)."""
    if page.locator("meta[http-equiv=refresh]").count() and "updates=" not in page.url:
        yield "the page reloads without having been told to"
