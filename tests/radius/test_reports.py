"""From an Accounting-Request to the report of it: what names its session, when it was, and how much."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from hotspots.access_points.clients import Client, HiddenBytes, SignaturePolicy
from hotspots.policy import Limits, Subject, SubjectKind
from hotspots.sessions import class_attribute
from hotspots.sessions.accounting import Report, is_named_by_class
from hotspots.sessions.class_attribute import SessionNumbers
from radius.accounting import MOST_DELAY_SECONDS, report_of
from radius.wire import parse
from tests.radius.gateway import Pair, number
from tests.radius.gateway import report as packet
from tests.radius.running import SECRET

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEY = b"class" * 7
CLASS, SESSION_ID, USER, PORT, PORT_ID = 25, 44, 1, 5, 87
CLIENT = Client(
    1, "a", "a", (ip_network("127.0.1.1/32"),), "linux", "wispr", HiddenBytes(SECRET),
    SignaturePolicy.REQUIRED, octets_from_client_view=False, mac_authentication=True, coa_port=3799, plan_id=1,
    hotspot="h", authority="a",
)  # fmt: skip


def reported(*pairs: Pair, session: str = "s1", client: Client = CLIENT) -> Report:
    return report_of(parse(packet(3, session, *pairs)), client, KEY, NOW)


def granted() -> bytes:
    numbers = SessionNumbers()
    subject = Subject(SubjectKind.VOUCHER, "7")
    return class_attribute.encode(
        KEY, class_attribute.new(numbers.new(NOW), subject, 3, Limits(600, total_octets=9))
    )


def test_our_own_class_names_the_session_and_brings_its_grant() -> None:
    ours = granted()
    one = reported((CLASS, b"another server's"), (CLASS, ours), (USER, b"somebody"))
    assert is_named_by_class(one.key)
    assert one.grant is not None
    assert (one.grant.subject.key, one.grant.plan_id, one.grant.limit_octets) == ("7", 3, 9)
    assert reported((CLASS, ours), (USER, b"another name")).key == one.key
    assert reported((CLASS, granted()), (USER, b"somebody")).key != one.key, (
        "its id is used again, for another login"
    )


@pytest.mark.parametrize("value", [b"foreign", b"ph1.", b"ph1.AAAA", b"ph1." + b"A" * 52])
def test_a_class_that_is_not_ours_or_was_made_up_names_nothing(value: bytes) -> None:
    found = reported((CLASS, value))
    assert found.grant is None
    assert not is_named_by_class(found.key)


def test_without_class_all_that_names_a_session_on_the_wire_does() -> None:
    base = ((USER, b"somebody"), (PORT, number(1)))
    keys = [
        reported(*base).key,
        reported(*base, session="s2").key,
        reported((USER, b"another"), base[1]).key,
        reported(base[0], (PORT, number(2))).key,
        reported(base[0], (PORT_ID, b"wlan0")).key,
        reported(*base, client=replace(CLIENT, id=2)).key,
    ]
    assert len(set(keys)) == len(keys)
    assert reported(*base).key == keys[0]


@pytest.mark.parametrize(
    ("delay", "ago"),
    [(0, 0), (90, 90), (MOST_DELAY_SECONDS + 1, MOST_DELAY_SECONDS), (0xFFFFFFFF, MOST_DELAY_SECONDS)],
)
def test_a_report_that_waited_tells_when_it_was(delay: int, ago: int) -> None:
    """Acct-Delay-Time (RFC 2866 section 5.2); a clock that was set may make it absurd."""
    assert reported((41, number(delay))).at == NOW - timedelta(seconds=ago)


def test_octets_beyond_32_bits_are_told_by_gigawords() -> None:
    """Acct-Input-Gigawords and Acct-Output-Gigawords (RFC 2869 sections 5.1 and 5.2)."""
    found = reported((42, number(5)), (52, number(1)), (43, number(7)), (53, number(3)))
    assert (found.octets_up, found.octets_down) == (2**32 + 5, 3 * 2**32 + 7)
