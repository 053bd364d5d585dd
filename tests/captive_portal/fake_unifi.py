"""A UniFi controller for tests, with one site, one access point and one device: redirect, Integration API, counters.

Faithful to the API's description: ``X-API-KEY``, pages of ``data``, the filter by MAC address, the actions of a client
and what they take, ``access.authorization.usage`` of a client, and 404 for a client that has left. Who is not let in
is redirected to ``/guest/s/<site>/`` of the portal. It serves by HTTPS, with a certificate that nobody vouches for.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from tests.captive_portal.web_server import INTERNET

SITE = "88f7af54-98f8-306a-a1c7-c9349722b1f6"
CLIENT = "6f3b6677-e61a-3057-8a4f-74ea11396064"
API = "/proxy/network/integration/v1"
RANGES = {
    "timeLimitMinutes": (1, 1_000_000),
    "dataUsageLimitMBytes": (1, 1_048_576),
    "rxRateLimitKbps": (2, 100_000),
    "txRateLimitKbps": (2, 100_000),
}


@dataclass
class FakeUniFi:
    """``portal`` is the external portal that is configured; ``unseen`` is how often the device is not listed yet."""

    portal: str
    key: str = "a key of the API"
    access_point: str = "78:8a:20:59:c6:99"
    site: str = "default"
    device: str = "36:9d:94:1e:aa:10"
    kind: str = "GUEST"
    unseen: int = 0
    connected: bool = True
    broken: bool = False
    granted: dict[str, Any] | None = None
    octets_up: int = 0
    octets_down: int = 0
    asked: list[str] = field(default_factory=list)
    base: str = ""

    def redirect(self) -> str:
        wanted = quote("http://example.com/", safe="")
        return (
            f"{self.portal}/guest/s/{self.site}/?ap={self.access_point}&id={self.device}&t={int(time.time())}"
            f"&url={wanted}&ssid=Powiat"
        )

    def answer(self, method: str, path: str, key: str | None, body: Any) -> tuple[int, Any]:
        """The status and the document for one call of the API."""
        parts = urlsplit(path)
        self.asked.append(f"{method} {parts.path.removeprefix(API)}")
        if self.broken or key != self.key:
            status = 503 if self.broken else 401
            return status, {"statusCode": status}
        client = f"{API}/sites/{SITE}/clients/{CLIENT}"
        if parts.path == f"{API}/sites":
            return 200, _page([{"id": SITE, "internalReference": "default", "name": "Default"}])
        if parts.path == f"{API}/sites/{SITE}/clients":
            return 200, _page(self._listed(parse_qs(parts.query).get("filter", [""])[0]))
        if not self.connected or not parts.path.startswith(client):
            return 404, {"statusCode": 404}
        if parts.path == f"{client}/actions" and method == "POST":
            return self._act(body)
        return 200, self._client()

    def _listed(self, asked_for: str) -> list[Any]:
        self.unseen, unseen = max(0, self.unseen - 1), self.unseen
        matches = asked_for == f"macAddress.eq('{self.device}')"
        return [self._client()] if matches and self.connected and not unseen else []

    def _client(self) -> dict[str, Any]:
        access: dict[str, Any] = {"type": self.kind, "authorized": self.granted is not None}
        if self.granted is not None:
            octets = {"rxBytes": self.octets_down, "txBytes": self.octets_up}
            access["authorization"] = {"usage": {"durationSec": 7, "bytes": sum(octets.values()), **octets}}
        return {"type": "WIRELESS", "id": CLIENT, "macAddress": self.device, "access": access}

    def _act(self, body: Any) -> tuple[int, Any]:
        if body["action"] == "UNAUTHORIZE_GUEST_ACCESS":
            self.granted = None
            return 200, {"action": body["action"]}
        limits = {name: value for name, value in body.items() if name != "action"}
        if body["action"] != "AUTHORIZE_GUEST_ACCESS" or self.kind != "GUEST":
            return 422, {"code": "api.client.not-guest"}
        if any(not RANGES[name][0] <= value <= RANGES[name][1] for name, value in limits.items()):
            return 400, {"statusCode": 400}
        self.granted = limits
        return 200, {"action": body["action"], "grantedAuthorization": {"usage": {}}}

    @contextmanager
    def listening(self, tls: ssl.SSLContext) -> Iterator[str]:
        """Serve API and network on a free port, which becomes :attr:`base`; gives the address of "any" page."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.base = f"https://127.0.0.1:{server.server_address[1]}"
        try:
            yield f"{self.base}/any"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _page(rows: list[Any]) -> dict[str, Any]:
    return {"offset": 0, "limit": 25, "count": len(rows), "totalCount": len(rows), "data": rows}


def _handler(unifi: FakeUniFi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            if self.path.startswith(API):
                status, document = unifi.answer(self.command, self.path, self.headers.get("X-API-KEY"), body)
                self._send(status, json.dumps(document), "application/json")
            elif unifi.granted is None:
                self._send(302, "", "text/html", unifi.redirect())
            else:
                self._send(200, INTERNET, "text/html")

        def _send(self, status: int, text: str, kind: str, location: str | None = None) -> None:
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler
