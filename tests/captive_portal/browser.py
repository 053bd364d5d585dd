"""A browser without JavaScript and without cookies, behind a gateway: it follows redirects to both."""

from __future__ import annotations

from urllib.parse import urljoin

from flask import Flask
from werkzeug.test import TestResponse

from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.captive_portal.page import Page


class Internet(Exception):  # noqa: N818 - it is where one wants to be
    """The gateway let the browser through to this address."""


class Browser:
    """Where it is (``address``), what it sees (``page``, ``response``) and where it has been (``visited``)."""

    def __init__(self, app: Flask, chilli: FakeCoovaChilli, base: str, language: str = "en") -> None:
        self._client = app.test_client(use_cookies=False)
        self._chilli = chilli
        self._base = base
        self.language = language
        self.address = ""
        self.visited: list[str] = []
        self.response: TestResponse
        self.page: Page

    @property
    def status(self) -> int:
        return self.response.status_code

    def go(self, url: str) -> Page:
        return self._follow(url, None)

    def click(self, link: str) -> Page:
        return self.go(urljoin(self.address, self.page.links[link]))

    def submit(self, action: str, **typed: str) -> Page:
        form = self.page.form(action)
        assert form.method == "post"
        return self._follow(urljoin(self.address, form.action), {**form.fields, **typed})

    def _follow(self, url: str, data: dict[str, str] | None) -> Page:
        for _ in range(10):
            self.visited.append(url)
            if not url.startswith(self._base):
                target = self._chilli.visit(url)
                if target is None:
                    raise Internet(url)
                url, data = target, None
                continue
            self._call(url, data)
            location = self.response.headers.get("Location")
            if location is None:
                self.address = url
                self.page = Page(self.response.get_data(as_text=True))
                return self.page
            assert self.response.status_code in (302, 303)
            url, data = urljoin(url, location), None
        raise AssertionError(f"ten redirects and no page: {self.visited[-10:]}")

    def _call(self, url: str, data: dict[str, str] | None) -> None:
        # The Host header is another than the configured one, as behind a reverse proxy.
        self.response = self._client.open(
            url.removeprefix(self._base) or "/",
            base_url="http://127.0.0.1:8080",
            method="GET" if data is None else "POST",
            data=data,
            headers={"Accept-Language": self.language},
        )
