"""Each text that the code and the templates have is there in Polish, and no translation is left over."""

from __future__ import annotations

import re

import pytest

from captive_portal.languages import LANGUAGES, SOURCE, po_files, read_catalog
from tests.captive_portal.texts import ROOM, texts

OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
_PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[a-z]")


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    catalog = read_catalog(po_files(language), language)
    missing = []
    for text in texts():
        # Plurals are found by their singular.
        message = catalog.get(text.id if isinstance(text.id, str) else text.id[0])
        strings = [] if message is None else [message.string] if isinstance(message.string, str) else message.string
        if message is None or message.fuzzy or not strings or not all(strings):
            missing.append(f"{text.file}:{text.line}: {text.id!r}")
    assert missing == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str) -> None:
    wanted = {text.id if isinstance(text.id, str) else text.id[0] for text in texts()}
    catalog = read_catalog(po_files(language), language)
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in catalog if message.id}
    assert sorted(ids - wanted) == []


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_are_kept(language: str) -> None:
    for message in read_catalog(po_files(language), language):
        if not message.id or isinstance(message.string, tuple):
            continue
        wanted = sorted(_PLACEHOLDER.findall(str(message.id)))
        assert sorted(_PLACEHOLDER.findall(str(message.string))) == wanted, message.id


def test_nobody_has_to_compile_anything() -> None:
    assert list(ROOM.rglob("*.mo")) == []


@pytest.mark.parametrize("name", ["terms", "privacy", "help"])
def test_whole_texts_are_there_in_each_language(name: str) -> None:
    found = {path.name for path in (ROOM / "templates" / "residents").glob(f"{name}.*.html")}
    assert found == {f"{name}.{language}.html" for language in LANGUAGES}
