"""SMSAPI's side of ``sms.do``: what it asks of a request, and its answers, errors with status 200 included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from pydantic import SecretStr

from tests.hotspots.sms.served import served

TOKEN = "a token of SMSAPI"
SENDER = "Powiat"


@dataclass
class FakeSmsapi:
    """``sent`` are number and text of each message; ``error`` is what it answers instead, while it is set.

    ``url`` and ``settings`` are those with which the portal finds it while it is served.
    """

    url: str = ""
    settings: dict[str, object] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    error: tuple[int, str] | None = None
    broken: bool = False

    def code(self) -> str:
        """The code of six digits in the last message."""
        found = re.search(r"\b\d{6}\b", self.sent[-1][1])
        assert found is not None, self.sent[-1]
        return found[0]

    def app(self) -> Flask:
        app = Flask("smsapi")
        app.add_url_rule("/sms.do", view_func=self._send, methods=["POST"])
        return app

    def _send(self) -> ResponseReturnValue:
        if self.broken:
            return "<html>Bad Gateway</html>", 502
        form = request.form
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return {"error": 101, "message": "Authorization failed"}, 401
        if self.error is not None:
            return {"error": self.error[0], "message": self.error[1]}
        return self._take(form.get("to", ""), form.get("message", ""), form.get("from"), form.get("max_parts"))

    def _take(self, number: str, text: str, sender: str | None, parts: str | None) -> dict[str, Any]:
        assert request.form.get("format") == "json"
        if sender != SENDER:
            return {"error": 14, "message": "Invalid sender"}
        if not re.fullmatch(r"48\d{9}", number):
            return {"error": 13, "message": "No correct phonenumbers", "invalid_numbers": [{"number": number}]}
        if parts == "1" and len(text) > 160:
            return {"error": 12, "message": "Message is too long"}
        self.sent.append((f"+{number}", text))
        message = {"id": f"id-{len(self.sent)}", "points": 0.16, "number": number, "status": "QUEUE", "error": None}
        return {"count": 1, "list": [message]}


@contextmanager
def serving() -> Iterator[FakeSmsapi]:
    fake = FakeSmsapi()
    with served(fake.app()) as fake.url:
        fake.settings = {
            "sms_provider": "smsapi",
            "sms_token": SecretStr(TOKEN),
            "sms_sender": SENDER,
            "sms_url": fake.url,
        }
        yield fake
