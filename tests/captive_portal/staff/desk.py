"""A browser at the desk of a member of staff: with cookies, without JavaScript."""

from __future__ import annotations

from urllib.parse import urljoin

from flask import Flask
from werkzeug.test import TestResponse

from tests.captive_portal.conftest import BASE
from tests.captive_portal.page import Page

HOME = "/staff/"


class Desk:
    """Where it is (``path``) and what it sees (``response``, ``page``)."""

    def __init__(self, app: Flask, passwords: dict[str, str], language: str = "en", address: str = "") -> None:
        self._client = app.test_client()
        self._passwords = passwords
        self._language = language
        self._address = address or "198.51.100.7"
        self.path = ""
        self.response: TestResponse
        self.page: Page

    def sign_in(self, name: str, password: str | None = None) -> Page:
        self.go("/staff/login")
        given = self._passwords[name] if password is None else password
        return self.submit("/staff/login", name=name, password=given)

    def go(self, path: str) -> Page:
        return self._follow(path, None)

    def status(self, path: str) -> int:
        """Of the first answer, redirects not followed."""
        return self._call(path, None).status_code

    def submit(self, action: str, *, by_button: str | None = None, **typed: str) -> Page:
        """Send the form with this action; ``by_button`` is where one of its buttons sends it instead."""
        form = self.page.form(action)
        assert form.method == "post"
        return self._follow(urljoin(self.path, by_button or action), {**form.fields, **typed})

    def post(self, path: str, **typed: str) -> int:
        """A request made by hand, with the token of the page that is open; the status of the first answer."""
        token = next(form.fields["csrf_token"] for form in self.page.forms if "csrf_token" in form.fields)
        return self._call(path, {"csrf_token": token, **typed}).status_code

    def post_without_token(self, path: str) -> int:
        return self._call(path, {}).status_code

    @property
    def set_cookie(self) -> str:
        """What the last answer told the browser to keep of the session."""
        return next(line for line in self._last.headers.getlist("Set-Cookie") if line.startswith("session="))

    def cookie(self) -> str:
        found = self._client.get_cookie("session", domain="portal.example.pl")
        return "" if found is None else found.value

    def take_cookie(self, value: str) -> None:
        self._client.set_cookie("session", value, domain="portal.example.pl", secure=True)

    def _follow(self, path: str, data: dict[str, str] | None) -> Page:
        for _ in range(5):
            self.response, self.path = self._call(path, data), path
            location = self.response.headers.get("Location")
            if location is None:
                self.page = Page(self.response.get_data(as_text=True))
                return self.page
            path, data = urljoin(path, location), None
        raise AssertionError(f"too many redirects, last to {path}")

    def _call(self, path: str, data: dict[str, str] | None) -> TestResponse:
        self._last = self._client.open(
            path,
            base_url=BASE,
            method="GET" if data is None else "POST",
            data=data,
            headers={"Accept-Language": self._language, "Referer": f"{BASE}{self.path}"},
            environ_overrides={"REMOTE_ADDR": self._address},
        )
        return self._last
