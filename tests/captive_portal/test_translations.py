"""Each text is there in the languages of those who read it, and no translation is left over."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from babel.messages.catalog import Catalog

from captive_portal.languages import LANGUAGES, SOURCE, STAFF_LANGUAGES, po_files, read_catalog
from tests.captive_portal.texts import ROOM, Text, residents_read, texts

OTHERS = sorted(LANGUAGES.keys() - {SOURCE})
_PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[a-z]")
_DU_SAYS = (
    "behalte|denk|frag|geh|gib|komm|lies|mach|melde|nimm|notiere|nutze|öffne|prüfe|sag|scanne|schalte|schau|schließ|"
    "schreib|sende|speichere|störe|tippe|trenne|tu|verbinde|vergleiche|versuch|warte|wähle"
)
_OTHER_FORM_OF_ADDRESS = {
    "de": re.compile(rf"\b(du|dich|dir|dein\w*|euch|eu(?:er|re)\w*|{_DU_SAYS})\b", re.IGNORECASE),
    "pl": re.compile(r"\b(pan|pana|panu|panem|pani|panią|państw\w*)\b", re.IGNORECASE),
    "uk": re.compile(r"\b(ти|тебе|тобі|тобою|тво(?:я|є|ї|го|єї|їх|їм|ю|єму|єю|їми)|твій)\b", re.IGNORECASE),
}
"""How we do not address residents: ours is "Sie", "Ty" and "ви"."""


def _read_in(language: str) -> list[Text]:
    """The texts that somebody reads in this language: the dashboards' are in fewer."""
    return [text for text in texts() if language in STAFF_LANGUAGES or not text.is_for_staff]


def _untranslated(wanted: Iterable[Text], catalog: Catalog) -> list[str]:
    missing = []
    for text in wanted:
        # Plurals are found by their singular.
        message = catalog.get(text.id if isinstance(text.id, str) else text.id[0])
        strings = [] if message is None else [message.string] if isinstance(message.string, str) else message.string
        if message is None or message.fuzzy or not strings or not all(strings):
            missing.append(f"{text.file}:{text.line}: {text.id!r}")
    return missing


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    assert _untranslated(_read_in(language), read_catalog(po_files(language), language)) == []


def test_what_is_missing_or_fuzzy_would_be_found() -> None:
    catalog = Catalog(locale="uk")
    catalog.add("there", "тут")
    catalog.add("fuzzy", "мабуть", flags=["fuzzy"])
    catalog.add("empty", "")
    catalog.add(("one", "many"), ("один", "", "багато"))
    ids = ["there", "fuzzy", "empty", ("one", "many"), "missing"]
    found = _untranslated([Text("x.py", number, id_) for number, id_ in enumerate(ids)], catalog)
    assert [line.split(":")[1] for line in found] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str) -> None:
    wanted = {text.id if isinstance(text.id, str) else text.id[0] for text in _read_in(language)}
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


@pytest.mark.parametrize("language", OTHERS)
def test_residents_are_addressed_in_one_form(language: str) -> None:
    found = [text for text in residents_read(language) if _OTHER_FORM_OF_ADDRESS[language].search(text)]
    assert found == []


@pytest.mark.parametrize(
    ("language", "other", "ours"),
    [
        ("de", "Du bist online", "Sie sind online"),
        ("de", "Das ist nicht deiner.", "Das ist nicht Ihrer."),
        ("de", "Warte eine Minute.", "Warten Sie eine Minute."),
        ("de", "Geht es nicht, versuch es noch einmal.", "Wenn es wieder geht, sagen wir Bescheid."),
        ("pl", "Czy to Pani?", "Czy to Ty?"),
        ("uk", "Це твій пристрій?", "Це ваш пристрій?"),
    ],
)
def test_the_other_form_would_be_found(language: str, other: str, ours: str) -> None:
    assert _OTHER_FORM_OF_ADDRESS[language].search(other)
    assert not _OTHER_FORM_OF_ADDRESS[language].search(ours)
