"""One word for one thing: the texts keep to docs/glossary.md, which is read here as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from captive_portal.languages import LANGUAGES, SOURCE, STAFF_LANGUAGES
from tests.captive_portal.texts import residents_read, staff_read

GLOSSARY: Final = Path(__file__).parents[2] / "docs" / "glossary.md"
_COLUMNS: Final = ("en", "pl", "uk", "de")
_FOR_RESIDENTS: Final = "*(residents)*"
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[\d.]*[a-z]")


@dataclass(frozen=True)
class Term:
    """A row of the table: by language the word that is ours, and those that are not."""

    ours: dict[str, str]
    others: dict[str, list[str]]
    only_residents: bool


@cache
def _terms() -> list[Term]:
    lines = [line for line in GLOSSARY.read_text().splitlines() if line.startswith("|")][2:]
    return [_term([cell.strip() for cell in line.strip("|").split("|")]) for line in lines]


def _term(cells: list[str]) -> Term:
    ours = dict(zip(_COLUMNS, cells[::2], strict=True))
    others = {code: words.split(", ") for code, words in zip(_COLUMNS, cells[1::2], strict=True)}
    return Term(ours, others, _FOR_RESIDENTS in ours["en"])


@cache
def _said_by_law() -> list[str]:
    return [line.removeprefix("- ") for line in GLOSSARY.read_text().splitlines() if line.startswith("- ")]


def _not_ours(language: str, *, for_staff: bool = False) -> re.Pattern[str]:
    words = [word for term in _terms() if not (for_staff and term.only_residents) for word in term.others[language]]
    patterns = (re.escape(word.removesuffix("…")) + (r"\w*" if word.endswith("…") else "") for word in words)
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b", re.IGNORECASE)


def _found(texts: list[str], not_ours: re.Pattern[str]) -> list[str]:
    found = []
    for text in texts:
        words = _PLACEHOLDER.sub(" ", " ".join(text.split()))
        for phrase in _said_by_law():
            words = words.replace(phrase, " ")
        found += [f"{match[0]!r} in {words!r}" for match in not_ours.finditer(words)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_residents_meet_one_word_for_one_thing(language: str) -> None:
    assert _found(residents_read(language), _not_ours(language)) == []


@pytest.mark.parametrize("language", sorted(STAFF_LANGUAGES.keys() - {SOURCE}))
def test_staff_meet_the_same_words(language: str) -> None:
    assert _found(staff_read(language), _not_ours(language, for_staff=True)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_that_is_not_ours_would_be_found_and_ours_would_not(language: str) -> None:
    assert len(_terms()) > 20
    for term in _terms():
        for word in term.others[language]:
            assert _found([word.replace("…", "")], _not_ours(language)), word
        ours = term.ours[language].replace(_FOR_RESIDENTS, "")
        assert not _found([ours], _not_ours(language)), ours


@pytest.mark.parametrize(
    ("language", "other"),
    [
        ("pl", "Powiedz o tym obsłudze."),
        ("pl", "Wejdź do sieci jak poprzednio"),
        ("pl", "Za dużo Twoich urządzeń jest w sieci"),
        ("uk", "Працівники отримали поки що досить прохань."),
        ("de", "Klicken Sie hier."),
        ("en", "Sign in with a passkey"),
    ],
)
def test_a_text_with_another_word_would_be_found(language: str, other: str) -> None:
    assert _found([other], _not_ours(language))
