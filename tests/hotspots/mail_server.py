"""A mail server that takes what it is sent: aiosmtpd on a free port, with TLS and a login."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from tests.captive_portal.portal import certificate_of

USER, PASSWORD = "wifi", "a password of the mail server"


@dataclass
class Mailbox:
    """The messages that came, and what the settings have to say to send them here."""

    settings: dict[str, Any] = field(default_factory=dict)
    messages: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.refuses:
            return "550 5.1.1 no such mailbox"
        self.encrypted.append(session.ssl is not None)
        message = message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        self.messages.append(cast("EmailMessage", message))
        return "250 OK"

    def text(self) -> str:
        return self.messages[-1].get_content()

    def code(self) -> str:
        """The code of six digits in the last message."""
        return self._found(r"\b\d{6}\b")

    def link(self) -> str:
        """The first address in the last message."""
        return self._found(r"https?://\S+")

    def _found(self, pattern: str) -> str:
        found = re.search(pattern, self.text())
        assert found is not None, self.text()
        return found[0]


class _OnAFreePort(Controller):
    def _trigger_server(self) -> None:
        # It knocks once to see that the server answers: at the port that the system chose.
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right)


@contextmanager
def serving(folder: Path) -> Iterator[Mailbox]:
    """Takes mail after STARTTLS and a login alone, under a certificate that only its own file vouches for."""
    context: ssl.SSLContext = certificate_of("localhost", folder)
    mailbox = Mailbox()
    controller = _OnAFreePort(
        mailbox,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        authenticator=_authenticate,
        auth_required=True,
    )
    controller.start()
    mailbox.settings = {
        "smtp_host": "localhost",
        "smtp_port": controller.port,
        "smtp_user": USER,
        "smtp_password": SecretStr(PASSWORD),
        "smtp_from": "wifi@powiat.example",
        "smtp_ca_file": folder / "localhost.pem",
    }
    try:
        yield mailbox
    finally:
        controller.stop()
