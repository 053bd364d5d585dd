"""Aruba and Cisco for tests, as far as a login by form goes: redirect, form, logout, with RADIUS packets behind it.

Aruba: who is not logged in is redirected with ``cmd=login`` and the rest; ``/cgi-bin/login`` takes ``cmd=authenticate``
with user, password and url. Cisco: ``/login.html`` looks at a form only with ``buttonClicked=4``; where a login was not
made it redirects to the external page again, with a ``statusCode``. One device is behind each, as with the other fakes.
"""

from __future__ import annotations

import ipaddress
import secrets
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qsl, quote, urlsplit

from tests.captive_portal import web_server
from tests.captive_portal.router_radius import START, STOP, USER_REQUEST, Reply, RouterRadius
from tests.captive_portal.web_server import INTERNET, Answer
from tests.radius.gateway import Pair, number

_OUT = "<!DOCTYPE html><html lang=en><title>Out</title><h1>User logged out</h1></html>"


class FormGateway:
    """What both have in common; ``page`` is the external page that is configured, ``base`` where it serves."""

    def __init__(self, page: str, nas_identifier: str, radius: RouterRadius) -> None:
        self.page = page
        self.nas_identifier = nas_identifier
        self.radius = radius
        self.device = "02:11:22:33:44:55"
        self.ip = "10.20.4.17"
        self.base = ""
        self.session_id = secrets.token_hex(4)
        self.user_name = ""
        self.granted: Reply | None = None
        self.since = 0.0

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        """What a browser gets that asks for this path with these parameters."""
        raise NotImplementedError

    def log_in(self, user_name: str, password: str) -> bool:
        reply = self.radius.pap(user_name, password, *self._named(), (6, number(1)), (61, number(19)))
        if reply.accepts:
            self.granted, self.user_name, self.since = reply, user_name, time.monotonic()
            self._account(START)
        return reply.accepts

    def log_out(self) -> None:
        if self.granted is not None:
            self._account(STOP, (46, number(int(time.monotonic() - self.since))), (49, number(USER_REQUEST)))
        self.granted, self.session_id = None, secrets.token_hex(4)

    def _account(self, status: int, *more: Pair) -> None:
        assert self.granted is not None
        told = ((1, self.user_name.encode()), *self._named(), *self.granted.classes, *more)
        assert self.radius.account(status, *told).code == 5, "accounting was not answered"

    def _named(self) -> list[Pair]:
        return [
            (31, self.device.replace(":", "-").encode()),
            (44, self.session_id.encode()),
            (8, ipaddress.ip_address(self.ip).packed),
            (32, self.nas_identifier.encode()),
            (4, ipaddress.ip_address(self.radius.address).packed),
        ]

    @contextmanager
    def listening(self, tls: ssl.SSLContext) -> Iterator[str]:
        """Serve on a free port of 127.0.0.1, which becomes :attr:`base`; gives the address of "any" page."""
        with web_server.serving(self._answer, tls) as port:
            self.base = f"https://127.0.0.1:{port}"
            yield f"{self.base}/any"

    def _answer(self, url: str, form: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        return self.answer(parts.path, {**dict(parse_qsl(parts.query)), **form})


class FakeAruba(FormGateway):
    """An Instant access point that puts its own address into ``switchip``."""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/cgi-bin/login" and form.get("cmd") == "logout":
            self.log_out()
            return Answer(_OUT)
        if path == "/cgi-bin/login" and form.get("cmd") == "authenticate":
            if self.granted is not None or self.log_in(form.get("user", ""), form.get("password", "")):
                return Answer(location=form.get("url") or f"{self.base}/any")
            return Answer(location=self._redirect("&errmsg=Authentication%20failed"))
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self, more: str = "") -> str:
        host = urlsplit(self.base).netloc
        return (
            f"{self.page}?cmd=login&mac={self.device}&essid=Powiat&ip={self.ip}&apname=ap&apmac=b4:5d:50:ca:81:ea"
            f"&vcname=vc&switchip={host}&url={quote('http://example.com/', safe='')}{more}"
        )


class FakeCisco(FormGateway):
    """A controller with an external web authentication page."""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/login.html" and form.get("buttonClicked") == "4":
            if self.granted is not None:
                return Answer(location=self._redirect("&statusCode=1"))
            if self.log_in(form.get("username", ""), form.get("password", "")):
                return Answer(location=form["redirect_url"])
            return Answer(location=self._redirect("&statusCode=5"))
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self, more: str = "") -> str:
        return (
            f"{self.page}?switch_url={self.base}/login.html&ap_mac=b8:be:bf:14:41:90&client_mac={self.device}"
            f"&wlan=Powiat&redirect=example.com/{more}"
        )
