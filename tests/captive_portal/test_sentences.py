from __future__ import annotations

import pytest
from flask import Flask

from captive_portal.languages import LANGUAGES
from captive_portal.sentences import ENDINGS, SENTENCES, code_sentence
from hotspots.policy import Reason
from hotspots.vouchers import CodeFault, FaultKind


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_said_in_each_language(app: Flask, reason: Reason) -> None:
    sentence = SENTENCES[reason]
    said = {}
    for language in LANGUAGES:
        with app.test_request_context(f"/?lang={language}"):
            said[language] = (str(sentence.heading), str(sentence.advice))
    assert len({heading for heading, _ in said.values()}) == len({advice for _, advice in said.values()}) == 4
    assert not any(heading.endswith(".") for heading, _ in said.values())
    assert all(advice.endswith(".") for _, advice in said.values())


@pytest.mark.parametrize("kind", FaultKind)
def test_every_typing_mistake_is_said_in_each_language(app: Flask, kind: FaultKind) -> None:
    fault = CodeFault(kind, 12, "10O")
    said = set()
    for language in LANGUAGES:
        with app.test_request_context(f"/?lang={language}"):
            said.add(code_sentence(fault))
    assert len(said) == 4
    assert kind is not FaultKind.CHARACTER or all("1 0 O" in sentence for sentence in said)


def test_the_statuses_are_those_of_a_refusal() -> None:
    assert {sentence.status for sentence in SENTENCES.values()} == {403, 409, 503}


def test_how_a_session_ended_is_said_for_each_cause_of_our_gateways() -> None:
    seen_from_chilli = {"User-Request", "Lost-Carrier", "Idle-Timeout", "Session-Timeout", "NAS-Reboot"}
    assert seen_from_chilli <= ENDINGS.keys()
