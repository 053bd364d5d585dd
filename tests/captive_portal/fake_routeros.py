"""A RouterOS hotspot for tests: its servlet pages, its CHAP, and real RADIUS packets behind it.

Faithful to the manual ("Hotspot", "Hotspot customisation"), to ``errors.txt`` and to the pages that RouterOS brings:
who is not logged in is sent to ``/login?dst=``, where the page ``login.html`` is shown with its variables put in; a
login by GET or POST is asked of RADIUS; ``alogin.html`` follows a login and ``logout.html`` a logout. The pages are
those that we render for a router. As with the other fake, there are no packets of residents: a browser that asks for
"any" page is one device.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote_plus, urlsplit

from tests.captive_portal import web_server
from tests.captive_portal.router_radius import START, STOP, USER_REQUEST, Reply, RouterRadius
from tests.captive_portal.web_server import INTERNET, Answer
from tests.radius.gateway import Pair, number

_VARIABLE = re.compile(r"\$\(([a-z-]+)\)")
_CHAP_MISSING = "web browser did not send challenge response (try again, enable JavaScript)"
_NO_ANSWER = "RADIUS server is not responding"
_INVALID = "invalid username or password"


def escaped(octets: bytes) -> str:
    """As RouterOS writes octets into a page: for a string of JavaScript."""
    return "".join(f"\\{octet:03o}" for octet in octets)


@dataclass
class Host:
    """One device on the router's list of hosts; ``granted`` is the Accept by which it is logged in."""

    mac: str
    ip: str
    challenge: tuple[int, bytes] = (0, b"")
    session_id: str = field(default_factory=lambda: secrets.token_hex(4))
    mac_tried: bool = False
    user_name: str = ""
    granted: Reply | None = None
    since: float = 0.0


class FakeRouterOS:
    """One router with one device on its Wi-Fi.

    ``pages`` are by their file names; ``base`` is the address that it has for browsers, without a final slash, and
    ``served_at`` the host and port where it really serves.
    """

    def __init__(
        self,
        identity: str,
        radius: RouterRadius,
        *,
        login_by: str = "http-chap",
        device: str = "02:11:22:33:44:55",
    ) -> None:
        self.identity = identity
        self.radius = radius
        self.login_by = login_by.split(",")
        self.device = device
        self.base = ""
        self.served_at = ""
        self.pages: Mapping[str, str] = {}
        self.hosts: dict[str, Host] = {}
        self.errors: list[str] = []

    def host(self) -> Host:
        return self.hosts.setdefault(self.device, Host(self.device, f"10.20.4.{len(self.hosts) + 17}"))

    def answer(self, url: str, form: Mapping[str, str]) -> Answer:
        """What a browser gets that asks for this address, with this form where it posts one."""
        parts = urlsplit(url)
        given = {**dict(parse_qsl(parts.query)), **form}
        servlets = {"/login": self._login, "/logout": self._logout, "/status": self._status}
        servlet = servlets.get(parts.path) if url.startswith(self.base) else None
        return servlet(given) if servlet is not None else self._any_page(url)

    def _any_page(self, url: str) -> Answer:
        host = self.host()
        if host.granted is None and "mac" in self.login_by and not host.mac_tried:
            host.mac_tried = True
            name = host.mac.upper()
            self._granted(host, name, self.radius.pap(name, name, *self._asked_with(host)))
        if host.granted is not None:
            return Answer(INTERNET)
        return Answer(location=f"{self.base}/login?dst={quote_plus(url)}")

    def _login(self, given: Mapping[str, str]) -> Answer:
        host, wanted = self.host(), given.get("dst", "")
        if host.granted is None and "username" in given:
            error = self._authorise(host, given["username"], given.get("password", ""))
            if error is not None:
                self.errors.append(error)
                return self._login_page(host, wanted, error)
        if host.granted is None:
            return self._login_page(host, wanted, "")
        return self._page("alogin.html", {"link-redirect": wanted or f"{self.base}/status"})

    def _login_page(self, host: Host, wanted: str, error: str) -> Answer:
        by_chap = "http-chap" in self.login_by
        if not host.challenge[1]:
            # One a host, until it is answered: phones ask for their probe pages beside the login page.
            host.challenge = secrets.randbelow(256), secrets.token_bytes(16)
        identifier, challenge = host.challenge if by_chap else (0, b"")
        variables = {
            "chap-id": escaped(bytes([identifier])) if by_chap else "",
            "chap-challenge": escaped(challenge),
            "link-orig": wanted,
            "error": error,
        }
        return self._page("login.html", variables)

    def _logout(self, _given: Mapping[str, str]) -> Answer:
        host = self.host()
        if host.granted is None:
            return Answer(location=f"{self.base}/login")
        self._account(host, STOP, (49, number(USER_REQUEST)))
        host.granted = None
        host.session_id = secrets.token_hex(4)
        return self._page("logout.html", {})

    def _status(self, _given: Mapping[str, str]) -> Answer:
        host = self.host()
        if host.granted is None:
            return Answer(location=f"{self.base}/login")
        return Answer(f"<!DOCTYPE html><html lang=en><title>status</title><p>Welcome {host.user_name}!</html>")

    def _page(self, name: str, variables: Mapping[str, str]) -> Answer:
        host = self.host()
        known = {
            "mac": host.mac.upper(),
            "ip": host.ip,
            "identity": self.identity,
            "server-name": "hotspot",
            "server-address": urlsplit(self.base).netloc,
            "link-login-only": f"{self.base}/login",
            "link-status": f"{self.base}/status",
            "link-logout": f"{self.base}/logout",
            **variables,
        }
        return Answer(_VARIABLE.sub(lambda found: _put_in(found[1], known), self.pages[name]))

    def _authorise(self, host: Host, user_name: str, password: str) -> str | None:
        """Ask RADIUS; the error that the login page shows, None where the device is in."""
        asked_with = self._asked_with(host)
        if "http-chap" in self.login_by:
            identifier, challenge = host.challenge
            if not challenge or not re.fullmatch(r"[0-9a-f]{32}", password):
                return _CHAP_MISSING
            host.challenge = 0, b""
            reply = self.radius.chap(user_name, identifier, bytes.fromhex(password), challenge, *asked_with)
        else:
            reply = self.radius.pap(user_name, password, *asked_with)
        self._granted(host, user_name, reply)
        if reply.accepts:
            return None
        return reply.message or _INVALID if reply.code else _NO_ANSWER

    def _granted(self, host: Host, user_name: str, reply: Reply) -> None:
        if not reply.accepts:
            return
        host.granted, host.user_name, host.since = reply, user_name, time.monotonic()
        self._account(host, START)

    def account(self, status: int, *, up: int = 0, down: int = 0, seconds: int | None = None) -> None:
        """An interim update or a Stop, as the router sends it: input is what comes from the device."""
        host = self.host()
        counted = ((42, number(up)), (43, number(down)), *([(46, number(seconds))] if seconds is not None else []))
        self._account(host, status, *counted)

    def _account(self, host: Host, status: int, *more: Pair) -> None:
        assert host.granted is not None
        told = [(1, host.user_name.encode()), *self._named(host), *host.granted.classes, (45, number(1)), *more]
        if status != START and 46 not in {kind for kind, _ in more}:
            told.append((46, number(int(time.monotonic() - host.since))))
        told.append((55, number(int(time.time()))))
        reply = self.radius.account(status, *told)
        assert reply.code == 5, "accounting was not answered"

    def _asked_with(self, host: Host) -> list[Pair]:
        logoff = b"\x03" + bytes([len(self.base) + 9]) + f"{self.base}/logout".encode()
        return [
            *self._named(host),
            (6, number(1)),
            (26, struct.pack(">I", 14988) + b"\x0a\x06" + ipaddress.ip_address(host.ip).packed),
            (26, struct.pack(">I", 14122) + logoff),
        ]

    def _named(self, host: Host) -> list[Pair]:
        return [
            (61, number(19)),
            (31, host.mac.upper().encode()),
            (30, b"hotspot"),
            (87, b"hotspot"),
            (5, number(2157969410)),
            (44, host.session_id.encode()),
            (8, ipaddress.ip_address(host.ip).packed),
            (32, self.identity.encode()),
            (4, ipaddress.ip_address(self.radius.address).packed),
        ]

    @contextmanager
    def listening(self, name: str = "127.0.0.1") -> Iterator[str]:
        """Serve on a free port of 127.0.0.1, which becomes :attr:`base` under that name; gives "any" page's address."""
        with web_server.serving(self.answer) as port:
            self.served_at = f"127.0.0.1:{port}"
            self.base = f"http://{name}:{port}"
            yield f"{self.base}/any"


def _put_in(name: str, known: Mapping[str, str]) -> str:
    if name.endswith("-esc"):
        return quote_plus(known.get(name.removesuffix("-esc"), ""))
    return known.get(name, "")
