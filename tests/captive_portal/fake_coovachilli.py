"""A CoovaChilli for tests: it redirects, challenges and checks as chilli does, and asks a callback for RADIUS.

Faithful to ``src/redir.c`` in what the portal sees: the order and the encoding of the parameters, ``md``, the
challenge, CHAP as chilli computes it, and where the browser is sent afterwards. It has no packets: a browser that
asks for "any" page through it is one device, whose MAC address is :attr:`FakeCoovaChilli.device`.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import md5
from urllib.parse import parse_qs, urlsplit

from tests.captive_portal import web_server
from tests.captive_portal.web_server import INTERNET, Answer

Authenticate = Callable[[str, int, bytes, bytes, str], bool]
"""RADIUS: user name, CHAP identifier, response and challenge, MAC address of the device."""

_PLAIN = string.ascii_letters + string.digits + "-_.!~*"


def chilli_quoted(text: str) -> str:
    """``redir_urlencode``: all but letters, digits and a few signs as ``%xx`` in lower case."""
    return "".join(chr(octet) if chr(octet) in _PLAIN else f"%{octet:02x}" for octet in text.encode())


@dataclass
class Client:
    """One device behind the gateway."""

    mac: str
    ip: str
    challenge: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    session_id: str = field(default_factory=lambda: secrets.token_hex(8))
    authenticated: bool = False
    user_name: str = ""
    user_url: str = ""

    @property
    def dashed(self) -> str:
        return self.mac.upper().replace(":", "-")


class FakeCoovaChilli:
    """One access point. All its doors give the address that the browser is sent to."""

    def __init__(
        self,
        uam_server: str,
        uam_secret: str,
        nas_identifier: str,
        authenticate: Authenticate,
        *,
        uam_ip: str = "10.1.0.1",
        uam_port: int = 3990,
        called: str = "AA-BB-CC-00-11-22",
        device: str = "02:11:22:33:44:55",
    ) -> None:
        self.uam_server = uam_server
        self.uam_secret = uam_secret
        self.nas_identifier = nas_identifier
        self.authenticate = authenticate
        self.uam_ip = uam_ip
        self.uam_port = uam_port
        self.called = called
        self.device = device
        self.reply_message = ""
        self.clients: dict[str, Client] = {}

    def client(self, mac: str | None = None) -> Client:
        mac = mac or self.device
        return self.clients.setdefault(mac, Client(mac, f"10.1.0.{len(self.clients) + 7}"))

    def redirect(self, client: Client, res: str, *, reply: str = "") -> str:
        """``redir_buildurl``: what is not there is left out, and ``md`` stands last."""
        challenge = client.challenge.hex() if res in ("notyet", "failed", "logoff") else ""
        pairs = [
            ("res", res),
            ("uamip", self.uam_ip),
            ("uamport", str(self.uam_port)),
            ("challenge", challenge),
            ("called", self.called),
            ("uid", client.user_name if client.authenticated else ""),
            ("mac", client.dashed),
            ("ip", client.ip),
            ("reply", reply),
            ("nasid", self.nas_identifier),
            ("sessionid", client.session_id),
            ("userurl", client.user_url),
        ]
        query = "&".join(f"{name}={chilli_quoted(value)}" for name, value in pairs if value)
        address = f"{self.uam_server}{'&' if '?' in self.uam_server else '?'}{query}"
        if not self.uam_secret:
            return address
        digest = md5((address + self.uam_secret).encode(), usedforsecurity=False).hexdigest().upper()
        return f"{address}&md={digest}"

    def any_page(self, url: str, mac: str | None = None) -> str | None:
        """A plain HTTP request of a device: the portal's address, None where it is let through."""
        client = self.client(mac)
        if client.authenticated:
            return None
        client.user_url = url
        return self.redirect(client, "notyet")

    def prelogin(self, mac: str | None = None) -> str:
        client = self.client(mac)
        if client.authenticated:
            return self.redirect(client, "already")
        client.challenge = secrets.token_bytes(16)
        return self.redirect(client, "notyet")

    def logon(self, query: str, mac: str | None = None) -> str:
        """``/logon?username=&response=``: CHAP with identifier 0, over the challenge hashed with the secret."""
        client = self.client(mac)
        given = {name: values[0] for name, values in parse_qs(query).items()}
        if client.authenticated:
            return self.redirect(client, "already")
        client.user_url = given.get("userurl", client.user_url)
        challenge = client.challenge
        if self.uam_secret:
            challenge = md5(challenge + self.uam_secret.encode(), usedforsecurity=False).digest()
        response = bytes.fromhex(given.get("response", ""))
        user_name = given.get("username", "")
        if len(response) == 16 and self.authenticate(user_name, 0, response, challenge, client.mac):
            client.authenticated, client.user_name = True, user_name
            return self.redirect(client, "success")
        client.challenge = secrets.token_bytes(16)
        return self.redirect(client, "failed", reply=self.reply_message)

    def logoff(self, mac: str | None = None) -> str:
        client = self.client(mac)
        client.authenticated = False
        client.session_id = secrets.token_hex(8)
        client.challenge = secrets.token_bytes(16)
        return self.redirect(client, "logoff")

    def visit(self, url: str, mac: str | None = None) -> str | None:
        """What the gateway answers to a browser that asks it for this address: where to go, or None for a page."""
        parts = urlsplit(url)
        if parts.path == "/logon":
            return self.logon(parts.query, mac)
        if parts.path == "/logoff":
            return self.logoff(mac)
        if parts.path == "/prelogin":
            return self.prelogin(mac)
        return self.any_page(url, mac)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve on a free port of 127.0.0.1, which becomes uamip and uamport; gives the address of "any" page."""
        with web_server.serving(self._answer) as port:
            self.uam_ip, self.uam_port = "127.0.0.1", port
            yield f"http://127.0.0.1:{port}/any"

    def _answer(self, url: str, _form: Mapping[str, str]) -> Answer:
        target = self.visit(url)
        return Answer(INTERNET) if target is None else Answer(location=target)
