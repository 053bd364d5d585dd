from __future__ import annotations

import pytest
from flask import Flask

from captive_portal.sentences import ENDINGS, SENTENCES, code_sentence
from hotspots.policy import Reason
from hotspots.vouchers import CodeFault, FaultKind


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_both_languages(app: Flask, reason: Reason) -> None:
    sentence = SENTENCES[reason]
    said = {}
    for language in ("pl", "en"):
        with app.test_request_context(f"/?lang={language}"):
            said[language] = (str(sentence.heading), str(sentence.advice))
    assert all(polish != english for polish, english in zip(said["pl"], said["en"], strict=True))
    assert not said["en"][0].endswith(".")
    assert said["en"][1].endswith(".")
    assert said["pl"][1].endswith(".")


@pytest.mark.parametrize("kind", FaultKind)
def test_every_typing_mistake_is_said_in_both_languages(app: Flask, kind: FaultKind) -> None:
    fault = CodeFault(kind, 12, "10O")
    with app.test_request_context("/?lang=pl"):
        polish = code_sentence(fault)
    with app.test_request_context("/?lang=en"):
        english = code_sentence(fault)
    assert polish != english
    assert "1 0 O" in english or kind is not FaultKind.CHARACTER


def test_the_statuses_are_those_of_a_refusal() -> None:
    assert {sentence.status for sentence in SENTENCES.values()} == {403, 409, 503}


def test_how_a_session_ended_is_said_for_each_cause_of_our_gateways() -> None:
    seen_from_chilli = {"User-Request", "Lost-Carrier", "Idle-Timeout", "Session-Timeout", "NAS-Reboot"}
    assert seen_from_chilli <= ENDINGS.keys()
