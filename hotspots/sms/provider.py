"""What each provider of text messages has, and which one the settings name."""

from __future__ import annotations

from typing import Protocol

from hotspots.errors import HotspotsError


class SmsRefused(HotspotsError):  # noqa: N818 - it is an answer
    """The provider said no: nothing was sent and nothing is paid for."""


class SmsUnknown(HotspotsError):  # noqa: N818
    """Nobody can say whether the message was sent: the provider did not answer, or not as its documentation says."""


class SmsProvider(Protocol):
    """Somebody who sends text messages."""

    def send(self, number: str, text: str) -> str:
        """Send a text (:func:`hotspots.sms.text.is_one_part`) to a number in E.164; returns its id there.

        Raises:
            SmsRefused: It was not sent.
            SmsUnknown: It may have been.
        """
        ...
