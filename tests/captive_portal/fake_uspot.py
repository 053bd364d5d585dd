"""A uspot for tests: its redirect, its CHAP and its pages, with real RADIUS packets behind it.

Faithful to ``portal.uc`` (``uam_url``, ``handle_request``), ``handler.uc``, ``handler-cpd.uc``, ``handler-uam.uc``,
``uam.c`` and ``radius-client.c``, with ``final_redirect_url`` set to ``uam``. ``encodes`` is what newer ones do:
``userurl`` and ``reply`` are encoded. One device is behind it, as with the other fakes.
"""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from urllib.parse import quote, unquote, urlsplit

from tests.captive_portal import web_server
from tests.captive_portal.router_radius import START, STOP, USER_REQUEST, Reply, RouterRadius
from tests.captive_portal.web_server import INTERNET, Answer
from tests.radius.gateway import Pair, number


@dataclass
class Client:
    """One device; ``granted`` is the Accept by which it is online."""

    mac: str
    ip: str = "10.0.0.17"
    session_id: str = field(default_factory=lambda: secrets.token_hex(8))
    user_name: str = ""
    granted: Reply | None = None
    since: float = 0.0


class FakeUspot:
    """One access point with OpenWrt; ``base`` is its UAM server, which here serves its other pages, too."""

    def __init__(
        self,
        uam_server: str,
        uam_secret: str,
        nas_identifier: str,
        radius: RouterRadius,
        *,
        challenge: str = "mysharedchallenge",
        mac_auth: bool = False,
        encodes: bool = True,
        device: str = "02:11:22:33:44:55",
    ) -> None:
        self.uam_server = uam_server
        self.uam_secret = uam_secret
        self.nas_identifier = nas_identifier
        self.radius = radius
        self.challenge = challenge
        self.mac_auth = mac_auth
        self.encodes = encodes
        self.client = Client(device)
        self.base = ""

    def uam_url(self, res: str, redir: str = "") -> str:
        """``uam_url``: nothing is encoded but the last two, and MD5 stands in capitals."""
        at = urlsplit(self.base)
        client = self.client
        address = (
            f"{self.uam_server}?res={res}&uamip={at.hostname}&uamport={at.port}&challenge={self._challenge()}"
            f"&mac={client.mac}&ip={client.ip}&called=AA-BB-CC-00-11-22&nasid={self.nas_identifier}"
            f"&ssid=Powiat&sessionid={client.session_id}"
        )
        if redir:
            address += f"&userurl={quote(redir, safe='') if self.encodes else redir}"
        if self.uam_secret:
            address += f"&md={self._md5(address, self.uam_secret)}"
        return address

    def visit(self, url: str) -> str | None:
        """Where the browser that asks for this is sent; None where it gets a page."""
        parts = urlsplit(url)
        given = dict(chunk.split("=", 1) for chunk in parts.query.split("&") if "=" in chunk)
        given = {name: unquote(value) for name, value in given.items()}
        if not url.startswith(self.base):
            return None if self.client.granted else self._hijacked(url)
        if parts.path == "/logon":
            return self._log_on(given)
        if parts.path in ("/logoff", "/logout"):
            self._stop()
            return self.uam_url("logoff")
        if parts.path.startswith("/hotspot"):
            return self._hotspot(given.get("redir", ""))
        return None if self.client.granted else self._hijacked(url)

    def _hijacked(self, url: str) -> str:
        """``handler-cpd.uc``."""
        return f"{self.base}/hotspot/?redir={quote(url, safe='')}"

    def _hotspot(self, redir: str) -> str | None:
        if self.client.granted is not None:
            return None
        name = self.client.mac
        if self.mac_auth and self._accept(name, self.radius.pap(name, name, (6, number(10)), *self._named())):
            return self.uam_url("success", redir)
        return self.uam_url("notyet", redir)

    def _log_on(self, given: dict[str, str]) -> str | None:
        if self.client.granted is not None:
            return self.uam_url("success")
        name = given.get("username", "")
        effective = bytes.fromhex(self._challenge())
        if self.uam_secret:
            effective = md5(effective + self.uam_secret.encode(), usedforsecurity=False).digest()
        if "response" in given:
            response = bytes.fromhex(given["response"])
            reply = self.radius.chap(name, 0, response, effective, *self._named())
        else:
            covered = bytes.fromhex(given.get("password", ""))[:16]
            clear = bytes(a ^ b for a, b in zip(covered, effective, strict=False)).rstrip(b"\0")
            reply = self.radius.pap(name, clear.decode(), *self._named())
        return self.uam_url("success" if self._accept(name, reply) else "reject")

    def _accept(self, user_name: str, reply: Reply) -> bool:
        if reply.accepts:
            self.client.user_name, self.client.granted, self.client.since = user_name, reply, time.monotonic()
            self._account(START)
        return reply.accepts

    def _stop(self) -> None:
        if self.client.granted is not None:
            self._account(STOP, (46, number(int(time.monotonic() - self.client.since))), (49, number(USER_REQUEST)))
        self.client.granted, self.client.session_id = None, secrets.token_hex(8)

    def _account(self, status: int, *more: Pair) -> None:
        client = self.client
        assert client.granted is not None
        told = ((1, client.user_name.encode()), *self._named(), *client.granted.classes, *more)
        assert self.radius.account(status, *told).code == 5, "accounting was not answered"

    def _named(self) -> list[Pair]:
        return [
            (31, self.client.mac.encode()),
            (30, b"AA-BB-CC-00-11-22"),
            (44, self.client.session_id.encode()),
            (8, ipaddress.ip_address(self.client.ip).packed),
            (32, self.nas_identifier.encode()),
            (4, ipaddress.ip_address(self.radius.address).packed),
        ]

    def _challenge(self) -> str:
        return self._md5(self.challenge, self.client.mac)

    @staticmethod
    def _md5(text: str, secret: str) -> str:
        return md5((text + secret).encode(), usedforsecurity=False).hexdigest().upper()

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve on a free port of 127.0.0.1, which becomes :attr:`base`; gives the address of "any" page."""
        with web_server.serving(self._answer) as port:
            self.base = f"http://127.0.0.1:{port}"
            yield f"{self.base}/any"

    def _answer(self, url: str, _form: Mapping[str, str]) -> Answer:
        target = self.visit(url)
        return Answer(INTERNET) if target is None else Answer(location=target)
