"""SmartZone: its redirect, and what its controller is asked and answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.controllers import smartzone as controllers
from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.smartzone import SmartZone
from captive_portal.gateways import smartzone
from captive_portal.gateways.smartzone import Named
from captive_portal.gateways.visit import GatewayVisit
from tests.captive_portal import web_server
from tests.captive_portal.fake_smartzone import WORDS
from tests.captive_portal.gateways.recorded import Recorded, recorded
from tests.captive_portal.web_server import Answer

NAME = "strzyzewice-urzad-1"
VISITOR = Named("ENC0123456789abcdef", "ENCfedcba9876543210", "0")


def _visit(query: dict[str, str], decrypted: str) -> GatewayVisit | None:
    visitor = smartzone.named(query)
    if visitor is None:
        return None
    return smartzone.read(query, NAME, visitor, decrypted if visitor.encrypted else visitor.client_mac)


@pytest.mark.parametrize("redirect", recorded("smartzone"), ids=lambda each: each.name)
def test_a_recorded_redirect_becomes_its_visit(redirect: Recorded) -> None:
    visit = _visit(redirect.given, redirect.given.get("decrypted", ""))
    assert redirect.matches(visit), visit


@pytest.mark.parametrize("redirect", [each for each in recorded("smartzone") if each.wanted is not None])
def test_the_controller_is_told_the_words_of_the_redirect(redirect: Recorded) -> None:
    visit = _visit(redirect.given, redirect.given.get("decrypted", ""))
    assert visit is not None
    assert smartzone.named_by(visit) == smartzone.named(redirect.given)


@given(
    st.dictionaries(st.sampled_from(["client_mac", "uip", "proxy", "mac", "url", "nbiIP"]), st.text()), st.text()
)
def test_no_query_and_no_controller_breaks_the_reader(query: dict[str, str], decrypted: str) -> None:
    _visit(query, decrypted)
    assert smartzone.read(query, NAME, VISITOR, "") is None


class Says:
    """A controller that says the same to everything, by HTTP: only its words are looked at here."""

    def __init__(self) -> None:
        self.document: object = {}
        self.asked: list[dict[str, str]] = []
        self.controller = SmartZone("http://127.0.0.1", None, "", None)

    def these(self, code: object, **more: str) -> SmartZone:
        self.document, self.asked = {"ResponseCode": code, **more}, []
        return self.controller

    def answer(self, url: str, form: Mapping[str, str]) -> Answer:
        assert url.endswith("/portalintf")
        self.asked.append(dict(form))
        return Answer(json.dumps(self.document), content_type="application/json")


@pytest.fixture(scope="module")
def says() -> Iterator[Says]:
    says = Says()
    with web_server.serving(says.answer) as port:
        says.controller = SmartZone(f"http://127.0.0.1:{port}", "portal", "a secret", None)
        yield says


def test_what_a_login_says(says: Says) -> None:
    assert says.these(201, ReplyMessage="Login succeeded").log_in(VISITOR, "t1abc", "Zet0ne-tOken").code == 201
    assert says.asked == [
        {
            "Vendor": "ruckus",
            "APIVersion": "1.0",
            "RequestUserName": "portal",
            "RequestPassword": "a secret",
            "RequestCategory": "UserOnlineControl",
            "RequestType": "Login",
            "UE-MAC": "ENC0123456789abcdef",
            "UE-IP": "ENCfedcba9876543210",
            "UE-Proxy": "0",
            "UE-Username": "t1abc",
            "UE-Password": "Zet0ne-tOken",
        }
    ]
    assert "a secret" not in repr(says.controller)


@pytest.mark.parametrize("code", [*WORDS, 0, 500, "201", None, "many"])
def test_whatever_it_answers_is_an_answer_or_an_error(
    says: Says, code: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controllers, "_BETWEEN_LOOKS_SECONDS", 0)
    controller = says.these(code)
    if code in (100, 101, 200, 201, 300, 301, "201"):
        assert controller.log_in(VISITOR, "t1abc", "p").code == int(str(code))
    else:
        with pytest.raises(ControllerError, match="at http") as error:
            controller.log_in(VISITOR, "t1abc", "p")
        assert "a secret" not in str(error.value)
    assert (len(says.asked) == 1) is (code != 202)


def test_what_is_no_object_is_an_error(says: Says) -> None:
    says.document = [201]
    with pytest.raises(ControllerError, match="no object"):
        says.controller.log_out(VISITOR)


def test_what_it_decrypts_and_what_it_does_not(says: Says) -> None:
    assert says.these(200, Data="02:11:22:33:44:55").decrypt(VISITOR.client_mac) == "02:11:22:33:44:55"
    said = {name: says.asked[0][name] for name in ("RequestCategory", "RequestType", "Data")}
    assert said == {"RequestCategory": "GetConfig", "RequestType": "Decrypt", "Data": VISITOR.client_mac}
    for code in (300, 302, 400):
        assert says.these(code).decrypt(VISITOR.client_mac) is None
    with pytest.raises(ControllerError, match="with its password"):
        says.these(306).decrypt(VISITOR.client_mac)


def test_one_that_hangs_keeps_two_threads_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controllers, "_TURN_SECONDS", 0.0)
    go_on, came = threading.Event(), threading.Semaphore(0)

    def answer(_url: str, _form: Mapping[str, str]) -> Answer:
        came.release()
        assert go_on.wait(60)
        return Answer(json.dumps({"ResponseCode": 200}), content_type="application/json")

    monkeypatch.setattr(controllers, "_PATIENCE_SECONDS", 60.0)
    with web_server.serving(answer) as port:
        controller = SmartZone(f"http://127.0.0.1:{port}", None, "a secret", None)
        waiting = [threading.Thread(target=controller.log_out, args=(VISITOR,)) for _ in range(2)]
        for each in waiting:
            each.start()
        assert all(came.acquire(timeout=60) for _ in waiting)
        with pytest.raises(ControllerError, match="has not answered others yet"):
            controller.log_out(VISITOR)
        go_on.set()
        for each in waiting:
            each.join()
        controller.log_out(VISITOR)


def test_its_port_is_that_of_the_interface() -> None:
    assert repr(SmartZone("https://10.20.0.3", None, "x", None)) == "SmartZone(https://10.20.0.3:9443)"
    assert repr(SmartZone("https://[fd00::3]", None, "x", None)) == "SmartZone(https://[fd00::3]:9443)"
    assert repr(SmartZone("https://sz.example.pl:443", None, "x", None)) == "SmartZone(https://sz.example.pl:443)"
