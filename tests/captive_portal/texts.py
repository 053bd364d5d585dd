"""All texts of the portal that are to be translated, as Babel finds them in code and templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

import captive_portal

ROOM = Path(captive_portal.__file__).parent
_METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}


@dataclass(frozen=True)
class Text:
    file: str
    line: int
    id: str | tuple[str, ...]

    @property
    def is_for_staff(self) -> bool:
        return "staff" in Path(self.file).parts


def texts() -> Iterator[Text]:
    options = {"templates/**.html": {"trimmed": "false", "silent": "false"}}
    for file, line, message, _comments, _context in extract_from_dir(ROOM, _METHODS, options, _KEYWORDS):
        yield Text(file, line, message)
