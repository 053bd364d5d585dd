"""Sending mail through a real SMTP server, with TLS and a login."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from hotspots.errors import SettingsError
from hotspots.mail import Mailer, MailNotSent, mailer
from hotspots.residents import email_address
from hotspots.settings import Settings, load_settings
from tests.hotspots.mail_server import Mailbox, serving


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with serving(tmp_path) as mailbox:
        yield mailbox


def mailer_with(mailbox: Mailbox, **others: Any) -> Mailer:
    given = mailbox.settings | others
    return Mailer(Settings().model_copy(update=given))


def test_a_message_goes_encrypted_and_arrives_with_its_letters(mailbox: Mailbox) -> None:
    mailer_with(mailbox).send("anna@example.org", "Kod: żółć", "Zażółć gęślą jaźń\nhttps://example.org/")
    (message,) = mailbox.messages
    assert mailbox.encrypted == [True]
    assert (message["From"], message["To"], message["Subject"]) == (
        "wifi@powiat.example",
        "anna@example.org",
        "Kod: żółć",
    )
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Zażółć gęślą jaźń\nhttps://example.org/" in mailbox.text().replace("\r", "")


def test_a_certificate_that_nobody_vouches_for_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(MailNotSent, match="SSLCertVerificationError"):
        mailer_with(mailbox, smtp_ca_file=None).send("anna@example.org", "Kod", "Kod")
    assert mailbox.messages == []


def test_what_is_refused_is_said_without_secrets(mailbox: Mailbox) -> None:
    with pytest.raises(MailNotSent, match=r"SMTP(AuthenticationError 535|ServerDisconnected)") as raised:
        mailer_with(mailbox, smtp_password=SecretStr("wrong")).send("anna@example.org", "Kod", "Kod")
    assert "anna" not in str(raised.value)
    mailbox.refuses = True
    with pytest.raises(MailNotSent, match="SMTPDataError 550"):
        mailer_with(mailbox).send("anna@example.org", "Kod", "Kod")
    with pytest.raises(MailNotSent, match="ConnectionRefusedError"):
        mailer_with(mailbox, smtp_port=1).send("anna@example.org", "Kod", "Kod")


def test_no_header_is_smuggled_in(mailbox: Mailbox) -> None:
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        mailer_with(mailbox).send("anna@example.org\nBcc: all@example.org", "Kod", "Kod")


def test_without_a_host_there_is_no_mailer() -> None:
    assert mailer(Settings()) is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('smtp_host = "mail.example.org"', "needs smtp_from"),
        ('smtp_user = "wifi"\nsmtp_tls = "none"', "not sent in clear"),
        ('smtp_tls = "maybe"', "smtp_tls"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hotspots.toml").write_text(line)
    with pytest.raises(SettingsError, match=reason):
        load_settings(make_secret_key=False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.org", "anna@example.org"),
        ("  Anna.Nowak+wifi@Example.ORG ", "anna.nowak+wifi@example.org"),
        ("anna@żółć.pl", "anna@xn--kda4b0koi.pl"),
        ("", None),
        ("anna", None),
        ("anna@example", None),
        ("anna@127.0.0.1", None),
        ("anna@exa mple.org", None),
        ("an na@example.org", None),
        ("anna@example.org\nBcc: b@example.org", None),
        ('"anna"@example.org', None),
        ("anna@-example.org", None),
        ("anna@example..org", None),
        ("a" * 65 + "@example.org", None),
        ("anna@" + "a" * 64 + ".org", None),
    ],
)
def test_addresses_are_kept_in_one_form(typed: str, kept: str | None) -> None:
    assert email_address.normalise(typed) == kept
