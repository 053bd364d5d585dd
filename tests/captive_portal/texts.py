"""All texts of the portal that are to be translated, as Babel finds them in code and templates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

import captive_portal
from captive_portal.languages import SOURCE, po_files, read_catalog
from hotspots.sms.text import of_code

ROOM = Path(captive_portal.__file__).parent
_METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
_MARKUP = re.compile(r"<[^>]*>|\{[{%].*?[}%]\}", re.DOTALL)


@dataclass(frozen=True)
class Text:
    file: str
    line: int
    id: str | tuple[str, ...]

    @property
    def is_for_staff(self) -> bool:
        return "staff" in Path(self.file).parts


@cache
def texts() -> tuple[Text, ...]:
    options = {"templates/**.html": {"trimmed": "false", "silent": "false"}}
    found = extract_from_dir(ROOM, _METHODS, options, _KEYWORDS)
    return tuple(Text(file, line, message) for file, line, message, _comments, _context in found)


def residents_read(language: str) -> list[str]:
    """All that residents read in this language, without markup."""
    pages = (ROOM / "templates" / "residents").glob(f"*.{language}.html")
    return [
        *_said(language, [text for text in texts() if not text.is_for_staff]),
        *(_MARKUP.sub(" ", page.read_text()) for page in pages),
        of_code("123456", 10, language),
    ]


def staff_read(language: str) -> list[str]:
    """The dashboard's texts in this language."""
    return _said(language, [text for text in texts() if text.is_for_staff])


def _said(language: str, wanted: Iterable[Text]) -> list[str]:
    """The texts with all their plural forms, each by itself."""
    ids = {(text.id,) if isinstance(text.id, str) else text.id for text in wanted}
    if language == SOURCE:
        return sorted({form for forms in ids for form in forms})
    catalog = read_catalog(po_files(language), language)
    found = [catalog.get(forms[0]) for forms in sorted(ids)]
    strings = [message.string for message in found if message is not None]
    return [form for each in strings for form in ((each,) if isinstance(each, str) else each)]
