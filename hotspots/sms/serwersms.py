"""SerwerSMS.pl: ``POST messages/send_sms`` with a bearer token (SerwerSMS HTTPS JSON API v2, "Wysyłka SMS")."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from hotspots.sms import http
from hotspots.sms.provider import SmsRefused, SmsUnknown

URL: Final = "https://api2.serwersms.pl"

_NAME: Final = "SerwerSMS"


class Serwersms:
    """Sends through one account; ``sender`` is a name registered there."""

    def __init__(self, token: SecretStr, sender: str, url: str = URL) -> None:
        self._token = token
        self._sender = sender
        self._url = url

    def send(self, number: str, text: str) -> str:
        """Send; ``details`` has the answer tell of each message, so that one that was not queued is known."""
        answer = http.post(
            _NAME,
            f"{self._url}/messages/send_sms.json",
            {"Authorization": f"Bearer {self._token.get_secret_value()}"},
            json={"phone": number, "text": text, "sender": self._sender, "utf": False, "details": True},
        )
        error = answer.get("error")
        if isinstance(error, dict):
            raise SmsRefused(f"{_NAME} refused with error {error.get('code')}: {error.get('message', '')}")
        try:
            (message,) = answer["items"]
            if not answer["success"] or not answer["queued"]:
                raise SmsRefused(f"{_NAME} did not queue the message (error {message.get('error_code')})")
            return str(message["id"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SmsUnknown(f"{_NAME} answered without the list of messages") from None
