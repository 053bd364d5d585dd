"""Sending e-mail through the operator's mail server (SMTP, RFC 5321; TLS, RFC 3207 and RFC 8314)."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import ExitStack
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from hotspots.errors import HotspotsError
from hotspots.settings import Settings

_TIMEOUT_SECONDS: Final = 10


class MailNotSent(HotspotsError):  # noqa: N818 - it is an answer
    """The mail server did not take the message."""


class Mailer:
    """Sends plain text, each message over a connection of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, to: str, subject: str, text: str) -> None:
        """Hand a message to the mail server, whose certificate must be good unless there is no TLS.

        Raises:
            MailNotSent: It did not take it; the reason names no address.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._settings.smtp_from, to, subject
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=self._settings.smtp_from.rpartition("@")[2])
        # An answer from a machine, to be answered by none (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            with self._connected() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            raise MailNotSent(f"the mail server did not take a message: {_reason(error)}") from None

    def _connected(self) -> smtplib.SMTP:
        given = self._settings
        address = (given.smtp_host, given.smtp_port)
        tls = ssl.create_default_context(cafile=given.smtp_ca_file)
        if given.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*address, timeout=_TIMEOUT_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(*address, timeout=_TIMEOUT_SECONDS)
        with ExitStack() as on_failure:
            on_failure.callback(server.close)
            if given.smtp_tls == "starttls":
                server.starttls(context=tls)
            if given.smtp_user:
                server.login(given.smtp_user, given.smtp_password.get_secret_value())
            on_failure.pop_all()
        return server


def mailer(settings: Settings) -> Mailer | None:
    """The one to send with; None where the settings name no mail server."""
    return Mailer(settings) if settings.smtp_host else None


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    return f"{type(error).__name__} {error.strerror or ''}" if isinstance(error, OSError) else type(error).__name__
