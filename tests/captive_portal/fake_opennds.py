"""An openNDS for tests: its redirect at each level, its own login, authmon, the events it sends, and ``ndsctl``.

Faithful to ``src/http_microhttpd.c`` (``construct_querystring``, ``try_to_authenticate``, ``authenticated``), to
``authmon.sh`` (clear, view, at most four, acknowledgements), ``binauth_log.sh`` (``deauthed``) and
``ndsctl_json_client``. One device is behind it, as with the other fakes; authmon turns when the test says so.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpx

from tests.captive_portal import web_server
from tests.captive_portal.opennds_fas import written
from tests.captive_portal.web_server import INTERNET, Answer

AT_ONCE = 4


@dataclass
class Client:
    """The device; ``limits`` are those that it was let in with: minutes, kbit/s up and down, kB up and down."""

    mac: str = "02:11:22:33:44:55"
    ip: str = "10.1.0.7"
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    online: bool = False
    limits: list[str] = field(default_factory=list)
    session_start: int = 0
    octets_up: int = 0
    octets_down: int = 0


class FakeOpenNDS:
    """``fas_url`` is the portal's address for it; ``posts`` is whether authmon has PHP, and so uses POST."""

    def __init__(self, fas_url: str, name: str, faskey: str, level: int, *, posts: bool = True) -> None:
        self.fas_url = fas_url
        self.name = name
        self.faskey = faskey
        self.level = level
        self.posts = posts
        self.client = Client()
        self.base = ""
        self.answers: list[str] = []

    @property
    def rhid(self) -> str:
        hid = sha256(self.client.token.encode()).hexdigest()
        return sha256((hid + self.faskey).encode()).hexdigest()

    def authmon(self) -> list[str]:
        """One turn of its loop: ask who waits, let in at most four, and acknowledge those who are in."""
        answer = self.call("view", "none")
        let_in: list[str] = []
        assert answer.startswith("*"), "authmon takes it for an error"
        for entry in answer[2:1026].split()[:AT_ONCE]:
            rhid, *limits = unquote(entry).split(" ")
            if rhid == self.rhid:
                self._let_in(limits)
                let_in.append(rhid)
        assert self.call("view", " ".join(("*", *let_in))) == "ack"
        return let_in

    def call(self, action: str, payload: str) -> str:
        """What the portal answers authmon."""
        fields = {
            "auth_get": action,
            "gatewayhash": sha256(quote(self.name, safe="").encode()).hexdigest(),
            "payload": base64.b64encode(payload.encode()).decode(),
        }
        headers = {"User-Agent": "openNDS(authmon;NDS:10.3.1;)"}
        sent = {"data": fields} if self.posts else {"params": fields}
        response = httpx.request("POST" if self.posts else "GET", self.fas_url, headers=headers, timeout=30, **sent)
        response.raise_for_status()
        answer = response.text
        self.answers.append(answer)
        return answer

    def restart(self) -> None:
        """It forgets all visitors, and authmon begins with ``clear``."""
        self.client.online, self.client.token = False, secrets.token_hex(4)
        self.call("clear", "none")

    def deauth(self, method: str) -> None:
        """A session ends; at the levels 3 and 4 the portal is told."""
        client = self.client
        assert client.online
        if self.level >= 3:
            event = (
                f"method={method}, clientmac={client.mac}, bytes_incoming={client.octets_down}, "
                f"bytes_outgoing={client.octets_up}, session_start={client.session_start}, "
                f"session_end={int(time.time())}, token={client.token}, custom=bm9uZQ=="
            )
            assert self.call("deauthed", base64.b64encode(event.encode()).decode()) == "ack"
        client.online, client.token = False, secrets.token_hex(4)
        client.octets_up = client.octets_down = 0

    def ndsctl(self, *arguments: str) -> str:
        """What the command prints."""
        client = self.client
        if arguments[0] == "deauth":
            if client.online and arguments[1] in (client.mac, client.ip):
                self.deauth("ndsctl_deauth")
            return "Client deauthenticated.\n"
        told = {
            "gatewayname": quote(self.name),
            "mac": client.mac,
            "ip": client.ip,
            "session_start": str(client.session_start),
            "session_end": "null",
            "token": client.token,
            "state": "Authenticated" if client.online else "Preauthenticated",
            "upload_this_session": str(client.octets_up // 1000),
            "download_this_session": str(client.octets_down // 1000),
        }
        return json.dumps({"client_list_length": "1", "clients": {client.mac: told}}, indent=2)

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Serve on a free port of 127.0.0.1, which becomes :attr:`base`; gives the address of "any" page."""
        with web_server.serving(self._answer) as port:
            self.base = f"http://127.0.0.1:{port}"
            yield f"{self.base}/any"

    def _answer(self, url: str, _form: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/ndsctl":
            return Answer(self.ndsctl(*query["arguments"].split()))
        if self.client.online:
            if parts.path == "/opennds_auth/":
                return Answer(location=f"{self.fas_url}?{parts.query}&status=authenticated")
            if parts.path == "/opennds_deny/":
                self.deauth("client_deauth")
                return Answer(location=f"{self.base}/")
            return Answer(INTERNET)
        if parts.path == "/opennds_auth/" and query["tok"] == self.rhid:
            self._let_in(["0"] * 5)
            return Answer(location=query["redir"])
        return Answer(location=self._redirect())

    def _let_in(self, limits: list[str]) -> None:
        self.client.online, self.client.limits = True, limits
        self.client.session_start = int(time.time())

    def _redirect(self) -> str:
        client, address = self.client, urlsplit(self.base).netloc
        directory = "authdir=opennds_auth, " if self.level in (2, 3) else ""
        plain = (
            f"hid={sha256(client.token.encode()).hexdigest()}, clientip={client.ip}, clientmac={client.mac}, "
            f"client_type=cpd_can, gatewayname={quote(self.name)}, gatewayurl=http%3a%2f%2fstatus.client, "
            f"version=10.3.1, gatewayaddress={address}, gatewaymac=001122334455, {directory}"
            f"originurl=http%3a%2f%2fexample.com%2f, clientif=wlan0, themespec=(null), (null)(null)(null)"
        )
        query = "&".join(f"{name}={value}" for name, value in written(plain, self.level, self.faskey).items())
        return f"{self.fas_url}?{query}"
