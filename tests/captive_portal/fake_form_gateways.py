"""Aruba and Cisco for tests, as far as a login by form goes: redirect, form, logout, with RADIUS packets behind it.

Aruba: who is not logged in is redirected with ``cmd=login`` and the rest; ``/cgi-bin/login`` takes ``cmd=authenticate``
with user, password and url. Cisco: ``/login.html`` looks at a form only with ``buttonClicked=4``; where a login was not
made it redirects to the external page again, with a ``statusCode``. One device is behind each, as with the other fakes.
"""

from __future__ import annotations

import ipaddress
import secrets
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

from tests.captive_portal.router_radius import START, STOP, USER_REQUEST, Reply, RouterRadius
from tests.radius.gateway import Pair, number

_ONLINE = "<!DOCTYPE html><html lang=en><title>Internet</title><h1>The open Internet</h1></html>"
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

    def answer(self, path: str, form: Mapping[str, str]) -> tuple[str, str | None]:
        """A page, and where to go instead where it is not None."""
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
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        self.base = f"https://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"{self.base}/any"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(dict(parse_qsl(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                self._answer(dict(parse_qsl(body.decode(), keep_blank_values=True)))

            def _answer(self, form: Mapping[str, str]) -> None:
                page, location = gateway.answer(urlsplit(self.path).path, form)
                body = page.encode()
                self.send_response(200 if location is None else 302)
                if location is not None:
                    self.send_header("Location", location)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Keep quiet."""

        return Handler


class FakeAruba(FormGateway):
    """An Instant access point that puts its own address into ``switchip``."""

    def answer(self, path: str, form: Mapping[str, str]) -> tuple[str, str | None]:
        if path == "/cgi-bin/login" and form.get("cmd") == "logout":
            self.log_out()
            return _OUT, None
        if path == "/cgi-bin/login" and form.get("cmd") == "authenticate":
            if self.granted is not None or self.log_in(form.get("user", ""), form.get("password", "")):
                return "", form.get("url") or f"{self.base}/any"
            return "", self._redirect("&errmsg=Authentication%20failed")
        return (_ONLINE, None) if self.granted is not None else ("", self._redirect())

    def _redirect(self, more: str = "") -> str:
        host = urlsplit(self.base).netloc
        return (
            f"{self.page}?cmd=login&mac={self.device}&essid=Powiat&ip={self.ip}&apname=ap&apmac=b4:5d:50:ca:81:ea"
            f"&vcname=vc&switchip={host}&url={quote('http://example.com/', safe='')}{more}"
        )


class FakeCisco(FormGateway):
    """A controller with an external web authentication page."""

    def answer(self, path: str, form: Mapping[str, str]) -> tuple[str, str | None]:
        if path == "/login.html" and form.get("buttonClicked") == "4":
            if self.granted is not None:
                return "", self._redirect("&statusCode=1")
            if self.log_in(form.get("username", ""), form.get("password", "")):
                return "", form["redirect_url"]
            return "", self._redirect("&statusCode=5")
        return (_ONLINE, None) if self.granted is not None else ("", self._redirect())

    def _redirect(self, more: str = "") -> str:
        return (
            f"{self.page}?switch_url={self.base}/login.html&ap_mac=b8:be:bf:14:41:90&client_mac={self.device}"
            f"&wlan=Powiat&redirect=example.com/{more}"
        )
