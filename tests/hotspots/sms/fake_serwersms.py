"""SerwerSMS' side of ``messages/send_sms``: what it asks of a request, and its answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from flask import Flask, request
from flask.typing import ResponseReturnValue

TOKEN = "a token of SerwerSMS"
SENDER = "Powiat"


@dataclass
class FakeSerwersms:
    """``sent`` are number and text of each message; ``unsent`` has it take requests and queue nothing."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    unsent: bool = False

    def app(self) -> Flask:
        app = Flask("serwersms")
        app.add_url_rule("/messages/send_sms.json", view_func=self._send, methods=["POST"])
        return app

    def _send(self) -> ResponseReturnValue:
        asked = request.get_json()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return {"error": {"code": 1000, "type": "InvalidUser", "message": "Login failed"}}, 401
        if asked["sender"] != SENDER:
            return {"error": {"code": 2201, "type": "InvalidSender", "message": "Unknown sender"}}
        number, text = asked["phone"], asked["text"]
        item = {"id": f"id-{len(self.sent) + 1}", "phone": number, "parts": 1, "text": text}
        if self.unsent or not re.fullmatch(r"\+48\d{9}", number):
            item |= {"status": "unsent", "error_code": 2100}
            return {"success": False, "queued": 0, "unsent": 1, "items": [item]}
        self.sent.append((number, text))
        return {"success": True, "queued": 1, "unsent": 0, "items": [item | {"status": "queued"}]}
