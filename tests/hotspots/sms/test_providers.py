"""The providers of text messages, against what answers as they do."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from hotspots.errors import SettingsError
from hotspots.settings import Settings, load_settings
from hotspots.sms.chosen import provider
from hotspots.sms.log_only import LogOnly
from hotspots.sms.provider import SmsProvider, SmsRefused, SmsUnknown
from hotspots.sms.serwersms import Serwersms
from hotspots.sms.smsapi import Smsapi
from tests.hotspots.sms import fake_serwersms, fake_smsapi
from tests.hotspots.sms.fake_serwersms import FakeSerwersms
from tests.hotspots.sms.fake_smsapi import FakeSmsapi
from tests.hotspots.sms.served import served

NUMBER, TEXT = "+48600100200", "Kod: 123456"


@pytest.fixture
def smsapi() -> Iterator[FakeSmsapi]:
    with fake_smsapi.serving() as fake:
        yield fake


@pytest.fixture
def serwersms() -> Iterator[tuple[FakeSerwersms, str]]:
    fake = FakeSerwersms()
    with served(fake.app()) as url:
        yield fake, url


def of_smsapi(url: str, token: str = fake_smsapi.TOKEN) -> SmsProvider:
    return Smsapi(SecretStr(token), fake_smsapi.SENDER, url)


def of_serwersms(url: str, token: str = fake_serwersms.TOKEN) -> SmsProvider:
    return Serwersms(SecretStr(token), fake_serwersms.SENDER, url)


def test_smsapi_sends(smsapi: FakeSmsapi) -> None:
    assert of_smsapi(smsapi.url).send(NUMBER, TEXT) == "id-1"
    assert smsapi.sent == [(NUMBER, TEXT)]


def test_smsapi_refuses_with_status_200(smsapi: FakeSmsapi) -> None:
    smsapi.error = (98, "Account is restricted")
    with pytest.raises(SmsRefused, match="error 98: Account is restricted"):
        of_smsapi(smsapi.url).send(NUMBER, TEXT)
    smsapi.error = None
    with pytest.raises(SmsRefused, match="error 13"):
        of_smsapi(smsapi.url).send("+380501112233", TEXT)
    with pytest.raises(SmsRefused, match="error 12"):
        of_smsapi(smsapi.url).send(NUMBER, "x" * 161)


def test_serwersms_sends(serwersms: tuple[FakeSerwersms, str]) -> None:
    fake, url = serwersms
    assert of_serwersms(url).send(NUMBER, TEXT) == "id-1"
    assert fake.sent == [(NUMBER, TEXT)]


def test_serwersms_says_what_was_not_queued(serwersms: tuple[FakeSerwersms, str]) -> None:
    fake, url = serwersms
    fake.unsent = True
    with pytest.raises(SmsRefused, match="did not queue the message \\(error 2100\\)"):
        of_serwersms(url).send(NUMBER, TEXT)


def test_a_wrong_token_is_refused_and_not_told(smsapi: FakeSmsapi, serwersms: tuple[FakeSerwersms, str]) -> None:
    for sender in (of_smsapi(smsapi.url, "not this one"), of_serwersms(serwersms[1], "not this one")):
        with pytest.raises(SmsRefused, match=r"error (101|1000)") as raised:
            sender.send(NUMBER, TEXT)
        assert "not this one" not in f"{raised.value!r} {sender!r} {vars(sender)}"


def test_nobody_knows_what_became_of_it(smsapi: FakeSmsapi) -> None:
    smsapi.broken = True
    with pytest.raises(SmsUnknown, match="answered 502"):
        of_smsapi(smsapi.url).send(NUMBER, TEXT)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for sender in (of_smsapi(address), of_serwersms(address)):
            with pytest.raises(SmsUnknown, match="did not answer \\(ConnectError\\)"):
                sender.send(NUMBER, TEXT)


def test_log_only_sends_nothing_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        LogOnly().send(NUMBER, TEXT)
    assert f"not sent, because sms_provider is log-only: to {NUMBER}: {TEXT}" in caplog.text


@pytest.mark.parametrize(
    ("name", "made"), [("none", None), ("log-only", LogOnly), ("smsapi", Smsapi), ("serwersms", Serwersms)]
)
def test_the_settings_choose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, made: type | None) -> None:
    monkeypatch.chdir(tmp_path)
    Path("hotspots.toml").write_text(f'sms_provider = "{name}"\nsms_token = "t"\nsms_sender = "Powiat"\n')
    found = provider(load_settings(make_secret_key=False))
    assert found is None if made is None else isinstance(found, made)


def test_a_provider_without_a_token_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTSPOTS_SMS_PROVIDER", "smsapi")
    with pytest.raises(SettingsError, match="needs sms_token"):
        load_settings(make_secret_key=False)


def test_the_token_is_in_no_text_of_the_settings() -> None:
    assert "swordfish" not in repr(Settings(sms_token=SecretStr("swordfish")))
