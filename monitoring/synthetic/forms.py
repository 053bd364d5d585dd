"""The forms of a web page, as a browser finds them: where they go, what they carry, what is left to type."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_CARRIED: Final = ("hidden", "submit")
_SITE: Final = " – "
"""What stands between the title of a page and the name of the site."""

_TYPED: Final = ("text", "search", "tel", "email", "number", "password")


@dataclass
class Form:
    """A form: ``fields`` is what it sends as it stands, ``typed`` the names of those that wait for somebody."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


@dataclass
class Page:
    """What there is on a page: its forms, in their order, and its title, less what all pages have in theirs."""

    forms: list[Form]
    title: str

    @property
    def tap(self) -> Form | None:
        """The form that needs nothing but a tap."""
        return next((form for form in self.forms if form.method == "post" and not form.typed), None)

    @property
    def voucher(self) -> Form | None:
        """The form that wants one thing typed: the code of a voucher."""
        return next((form for form in self.forms if form.method == "post" and len(form.typed) == 1), None)


def read_page(html: str) -> Page:
    """Read a page; what is no form and no title is passed over."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    title = " ".join("".join(reader.title).split())
    return Page(reader.forms, title.partition(_SITE)[0])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.title: list[str] = []
        self._form: Form | None = None
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in ("input", "button") and self._form is not None and given.get("name"):
            self._take_field(self._form, tag, given)
        elif tag == "title":
            self._in_title = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title.append(data)

    @staticmethod
    def _take_field(form: Form, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        if kind in _TYPED:
            form.typed.append(given["name"])
        elif kind in _CARRIED or (kind in ("checkbox", "radio") and ("checked" in given or "required" in given)):
            # A box that must be ticked is ticked: the resident accepts the terms.
            form.fields.setdefault(given["name"], given.get("value", "" if kind in _CARRIED else "on"))
