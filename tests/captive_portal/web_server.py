"""The web server of a gateway that is a fake: a thread of the test, on a free port of 127.0.0.1."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

INTERNET = "<!DOCTYPE html><html lang=en><title>Internet</title><h1>The open Internet</h1></html>"


@dataclass
class Answer:
    """A page, or where to go."""

    page: str = ""
    location: str | None = None
    status: int = 200
    content_type: str = "text/html"


Ask = Callable[[str, Mapping[str, str]], Answer]


@contextmanager
def serving(ask: Ask, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve what ``ask`` says of an address and of the form, or JSON, that was posted to it; gives the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(ask))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(ask: Ask) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            is_json = self.headers.get("Content-Type") == "application/json"
            self._answer(json.loads(body) if is_json else dict(parse_qsl(body.decode(), keep_blank_values=True)))

        def _answer(self, form: Mapping[str, str]) -> None:
            answer = ask(f"http://{self.headers.get('Host')}{self.path}", form)
            body = answer.page.encode()
            self.send_response(answer.status if answer.location is None else 302)
            if answer.location is not None:
                self.send_header("Location", answer.location)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    return Handler
