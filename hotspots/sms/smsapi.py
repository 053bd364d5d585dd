"""SMSAPI.pl: ``POST sms.do`` with a bearer token (SMSAPI REST API documentation, "Single SMS")."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from hotspots.sms import http
from hotspots.sms.provider import SmsRefused, SmsUnknown

URL: Final = "https://api.smsapi.pl"
"""The backup is https://api2.smsapi.pl."""

_NAME: Final = "SMSAPI"


class Smsapi:
    """Sends through one account; ``sender`` is a name registered there."""

    def __init__(self, token: SecretStr, sender: str, url: str = URL) -> None:
        self._token = token
        self._sender = sender
        self._url = url

    def send(self, number: str, text: str) -> str:
        """Send; an error comes with status 200, too, as ``{"error": 98, "message": "..."}``."""
        answer = http.post(
            _NAME,
            f"{self._url}/sms.do",
            {"Authorization": f"Bearer {self._token.get_secret_value()}"},
            data={
                "to": number.removeprefix("+"),
                "message": text,
                "from": self._sender,
                "format": "json",
                "encoding": "utf-8",
                # One message and no more, whatever we believe of its length.
                "max_parts": "1",
            },
        )
        if "error" in answer:
            raise SmsRefused(f"{_NAME} refused with error {answer['error']}: {answer.get('message', '')}")
        try:
            (message,) = answer["list"]
            if message.get("error"):
                raise SmsRefused(f"{_NAME} refused the number with error {message['error']}")
            return str(message["id"])
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SmsUnknown(f"{_NAME} answered without the list of messages") from None
