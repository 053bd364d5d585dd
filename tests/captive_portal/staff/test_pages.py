"""What holds for every page of the dashboards: who may open it, how it is built, what it tells the browser."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

import captive_portal
from captive_portal.staff.plotly_script import VERSION
from tests.captive_portal.conftest import BASE
from tests.captive_portal.staff.desk import Desk
from tests.captive_portal.staff.town import EVERYBODY, Town

Seated = Callable[[str], Desk]
PAGES = (
    "/staff/",
    "/staff/sessions",
    "/staff/sessions?show=recent",
    "/staff/refusals",
    "/staff/vouchers",
    "/staff/password",
)
SCRIPT = f"/staff/plotly-{VERSION}.min.js"
STATIC = Path(captive_portal.__file__).parent / "static"


def _own_pages(town: Town, name: str) -> tuple[str, ...]:
    theirs = name == "ewa"
    session = town.their_session if theirs else town.our_session
    batch = town.their_batch if theirs else town.our_batch
    return (*PAGES, f"/staff/sessions/{session}", f"/staff/vouchers/{batch}", f"/staff/vouchers/{batch}/print")


@pytest.mark.parametrize("name", EVERYBODY)
def test_every_role_opens_every_page_of_its_own(desk_of: Seated, town: Town, name: str) -> None:
    desk = desk_of(name)
    assert {path: desk.status(path) for path in _own_pages(town, name)} == dict.fromkeys(
        _own_pages(town, name), 200
    )


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_page_is_built_for_those_who_cannot_see_it(app: Flask, town: Town, language: str) -> None:
    desk = Desk(app, town.passwords, language=language)
    desk.sign_in("anna")
    for path in _own_pages(town, "anna"):
        page = desk.go(path)
        assert page.language == language
        assert page.tags.count("h1") == 1
        assert page.tags.count("main") == 1
        assert page.tags.count("table") == page.tags.count("caption")
        assert 'scope="col"' in page.html or "table" not in page.tags
        assert not re.findall(r"<th(?! scope=)[ >]", page.html)
        inputs = set(re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', page.html))
        hidden = set(re.findall(r'<input[^>]* id="([^"]+)"[^>]* type="hidden"', page.html))
        assert inputs - hidden <= page.labelled, path


def test_the_language_is_changed_by_a_link_and_kept(desk_of: Seated) -> None:
    desk = desk_of("jan")
    page = desk.go("/staff/sessions?show=recent")
    polish = desk.go(page.links["Polski"])
    assert polish.heading == "Sesje"
    assert "/staff/sessions?show=recent" in desk.path
    assert desk.go("/staff/").heading == "Przegląd"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_lets_foreign_or_inline_scripts_run(desk_of: Seated, path: str) -> None:
    desk = desk_of("jan")
    page = desk.go(path)
    policy = desk.response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert ("script-src 'self'" in policy) == (path == "/staff/")
    assert "style=" not in page.html
    assert not re.findall(r"\son[a-z]+=", page.html)
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page.html, re.DOTALL):
        assert "application/json" in attributes or (body == "" and 'src="/' in attributes)


def test_no_page_is_kept_by_anybody(desk_of: Seated) -> None:
    desk = desk_of("jan")
    for path in PAGES:
        desk.go(path)
        assert desk.response.headers["Cache-Control"] == "no-store"


def test_what_somebody_typed_stands_in_the_page_as_text(desk_of: Seated) -> None:
    page = desk_of("jan").go("/staff/refusals?device=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;" in page.html


def test_plotly_is_served_packed_and_for_long(app: Flask) -> None:
    client = app.test_client()
    packed = client.get(SCRIPT, base_url=BASE, headers={"Accept-Encoding": "gzip"})
    plain = client.get(SCRIPT, base_url=BASE)
    assert packed.status_code == plain.status_code == 200
    assert packed.mimetype == "text/javascript"
    assert "immutable" in packed.headers["Cache-Control"]
    assert "max-age=31536000" in packed.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert b"plotly.js" in plain.data[:300]
    assert client.get("/staff/plotly-0.0.1.min.js", base_url=BASE).status_code == 404


def _colours(scheme: str) -> dict[str, str]:
    """The properties of both style sheets; the dark ones over the light ones where asked for."""
    found: dict[str, str] = {}
    for name in ("base.css", "staff.css"):
        light, _, dark = (
            (STATIC / name).read_text(encoding="utf-8").partition("@media (prefers-color-scheme: dark)")
        )
        for text in (light, dark) if scheme == "dark" else (light,):
            found |= dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", text))
    return found


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("mark", "ground", "least"),
    [
        # WCAG 2.1: 1.4.11 for graphics, 1.4.3 for text.
        ("--down", "--surface", 3.0),
        ("--up", "--surface", 3.0),
        ("--sessions", "--surface", 3.0),
        ("--works-dot", "--surface", 3.0),
        ("--quiet-dot", "--surface", 3.0),
        ("--silent-dot", "--surface", 3.0),
        ("--never-dot", "--surface", 3.0),
        ("--bad", "--surface", 4.5),
        ("--bad", "--ground", 4.5),
        ("--good-ink", "--good", 4.5),
        ("--notice-ink", "--notice", 4.5),
        ("--quiet", "--ground", 4.5),
        ("--accent-strong", "--surface", 4.5),
    ],
)
def test_colours_can_be_told_apart(scheme: str, mark: str, ground: str, least: float) -> None:
    colours = _colours(scheme)
    lighter, darker = sorted((_luminance(colours[mark]), _luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least
