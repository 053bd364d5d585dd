"""A page as a reader without JavaScript has it: headings, text, links and forms, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """Parsed at once; ``attributes`` has every element's, by its id."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.language = ""
        self.tags: list[str] = []
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.labelled: set[str] = set()
        self.refreshes = False
        self._text: list[str] = []
        self._headings: list[str] = []
        self._open: list[str] = []
        self._link: str | None = None
        self._textarea: str | None = None
        self.feed(html)

    @property
    def heading(self) -> str:
        return " ".join(" ".join(self._headings).split())

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._text).split())

    def form(self, action: str) -> Form:
        return next(form for form in self.forms if form.action == action)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self._open.append(tag)
        if "id" in given:
            assert given["id"] not in self.attributes, f"two elements have the id {given['id']}"
            self.attributes[given["id"] or ""] = given
        if tag == "html":
            self.language = given.get("lang") or ""
        elif tag == "a":
            self._link = given.get("href")
        elif tag == "label":
            self.labelled.add(given.get("for") or "")
        elif tag == "form":
            self.forms.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"] or ""] = given.get("value") or ""
        elif tag == "textarea" and self.forms:
            self._textarea = given.get("name") or ""
            self.forms[-1].fields[self._textarea] = ""
        elif tag == "meta" and given.get("http-equiv") == "refresh":
            self.refreshes = True

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "a":
            self._link = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.forms[-1].fields[self._textarea] += data.lstrip("\r\n")
            return
        if "main" in self._open and data.strip():
            self._text.append(data)
        if "h1" in self._open:
            self._headings.append(data)
        if self._link is not None and data.strip():
            self.links[" ".join(data.split())] = self._link
