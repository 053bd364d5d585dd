"""openNDS: its redirect at each level, the answer to it, and what authmon and ndsctl say."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from captive_portal.gateways import opennds, opennds_authmon
from captive_portal.gateways.opennds_authmon import Seen
from captive_portal.gateways.visit import GatewayVisit
from hotspots.policy import Limits
from tests.captive_portal.gateways.recorded import Recorded, recorded
from tests.captive_portal.opennds_fas import written

NAME = "gm01-rynek"
FASKEY = "c775e7b757ede630cd0aa1113bd102661ab38829ca52a6422ab782862f268646"
TOKEN = "784bdd45"
HID = "96345d1c130e676037193302d180b16e558993f4b8216af042ea43b0a98b23ae"
RHID = "2099fc67c7f923cb4e88c53bdb3f5ca70832e5897ac58c2c4797db8de74c74e0"
DEVICE = "02:11:22:33:44:55"


def _read(redirect: Recorded) -> GatewayVisit | None:
    known = redirect.given
    level = int(known["level"])
    query = (
        written(known["plain"], int(known.get("encoded_as", level)), known.get("key", FASKEY))
        if "plain" in known
        else {"fas": known["fas"], "iv": known["iv"]}
    )
    return opennds.read(query, NAME, FASKEY.encode(), level)


def _visit() -> GatewayVisit:
    visit = _read(recorded("opennds")[0])
    assert visit is not None
    return visit


@pytest.mark.parametrize("redirect", recorded("opennds"), ids=lambda each: each.name)
def test_a_recorded_redirect_becomes_its_visit(redirect: Recorded) -> None:
    visit = _read(redirect)
    assert redirect.matches(visit), visit


def test_what_openssl_encrypts_is_read() -> None:
    (vector,) = [each for each in recorded("opennds") if "fas" in each.given]
    text = opennds._text(vector.given, FASKEY.encode(), 2)
    assert text == f"hid={HID}, clientip=10.1.0.7, clientmac={DEVICE}"


def test_a_plus_that_came_as_a_blank_is_read_all_the_same() -> None:
    plain = f"hid={HID}, clientip=10.1.0.7, clientmac={DEVICE}, gatewayname={NAME}, gatewayaddress=10.1.0.1"
    plain += ", clientif=>>>???"
    query = written(plain, 1, FASKEY)
    assert "+" in query["fas"]
    assert opennds.read({"fas": query["fas"].replace("+", " ")}, NAME, b"", 1) is not None


@given(st.integers(0, 200), st.integers(1, 255))
def test_turned_bits_never_make_another_visit(place: int, change: int) -> None:
    plain = f"hid={HID}, clientip=10.1.0.7, clientmac={DEVICE}, gatewayname={NAME}, gatewayaddress=10.1.0.1:2050"
    query = written(plain, 3, FASKEY)
    octets = bytearray(base64.b64decode(base64.b64decode(query["fas"])))
    octets[place % len(octets)] ^= change
    query["fas"] = base64.b64encode(base64.b64encode(bytes(octets))).decode()
    visit = opennds.read(query, NAME, FASKEY.encode(), 3)
    assert visit is None or (visit.device, visit.challenge) == (DEVICE, HID)


def test_the_answer_to_the_digest_of_the_token() -> None:
    assert opennds.token_digest(TOKEN) == HID
    assert opennds.answer(HID, FASKEY.encode()) == RHID


def test_the_way_in_and_out() -> None:
    visit = _visit()
    way = opennds.hand_over(visit, "t1abc", "secret", FASKEY.encode(), "https://portal.example.pl/status?visit=a&b")
    assert way.fields is None
    back = "https%3A%2F%2Fportal.example.pl%2Fstatus%3Fvisit%3Da%26b"
    assert way.url == f"http://10.1.0.1:2050/opennds_auth/?tok={RHID}&redir={back}"
    assert opennds.log_out_url(visit) == "http://10.1.0.1:2050/opennds_deny/"


def test_a_visitor_as_authmon_is_told() -> None:
    limits = Limits(session_seconds=3601, rate_up_bps=512_999, rate_down_bps=2_000_000, total_octets=100_000_500)
    told = opennds_authmon.entry(HID, FASKEY.encode(), limits, "session")
    assert " " not in told
    assert unquote(told) == f"{RHID} 61 512 2000 100000 100000 c2Vzc2lvbg=="
    unlimited = opennds_authmon.entry(HID, FASKEY.encode(), Limits(), "")
    assert unquote(unlimited) == f"{RHID} 0 0 0 0 0 "
    assert len(opennds_authmon.listed([told] * opennds_authmon.AT_ONCE)) < 1024, "authmon cuts it there"


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [("none", None), ("", None), (f"* {RHID} abc", {RHID, "abc"}), ("*", set())],
)
def test_acknowledgements(payload: str, wanted: set[str] | None) -> None:
    assert opennds_authmon.acknowledged(base64.b64encode(payload.encode()).decode()) == wanted
    assert opennds_authmon.acknowledged(payload) == wanted, "some clients send it as it is"


EVENT = (
    f"method=idle_deauth, clientmac={DEVICE}, bytes_incoming=9000, bytes_outgoing=1000, "
    f"session_start=1700000000, session_end=1700000600, token={TOKEN}, custom=bm9uZQ=="
)


@pytest.mark.parametrize("times", [0, 1, 2])
def test_the_end_of_a_session_however_often_it_is_encoded(times: int) -> None:
    payload = EVENT
    for _ in range(times):
        payload = base64.b64encode(payload.encode()).decode()
    assert opennds_authmon.event(payload) == Seen(HID, DEVICE, 600, 1000, 9000, "Idle-Timeout")


def test_an_event_without_a_token_is_none() -> None:
    assert opennds_authmon.event(EVENT.replace("token=", "x=")) is None
    assert opennds_authmon.event(EVENT.replace("idle_deauth", "client_auth")) is None


def test_usage_is_of_those_who_are_in() -> None:
    client = {
        **{"mac": DEVICE, "token": TOKEN, "state": "Authenticated", "session_start": "1700000000"},
        **{"upload_this_session": "12", "download_this_session": "3400", "session_end": "null"},
    }
    waits = {**client, "mac": "02:99:99:99:99:99", "state": "Preauthenticated"}
    document = json.dumps({"clients": {DEVICE: client, "02:99:99:99:99:99": waits}}).encode()
    assert opennds_authmon.usage(document, 1_700_000_060) == [Seen(HID, DEVICE, 60, 12_000, 3_400_000)]
    assert opennds_authmon.usage(b"ndsctl: locked", 0) is None


def test_the_name_of_the_gateway_in_its_hash() -> None:
    assert sha256(b"gm01-rynek").hexdigest() in opennds_authmon.gateway_hashes(NAME)
    assert sha256(b"gm01-rynek%20").hexdigest() in opennds_authmon.gateway_hashes(NAME)
    assert sha256(b"Rynek%20%c5%81").hexdigest() in opennds_authmon.gateway_hashes("Rynek Ł")
