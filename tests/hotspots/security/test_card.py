"""The grade of an access point, a row for each sentence of the rules; and that each fault has what mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotspots.access_points.transports import RADSEC, UDP
from hotspots.security.card import BEST_WITH, Disconnect, Facts, Fault, Grade, judge
from hotspots.security.remedies import remedy

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BEST = Facts(
    "here", "mikrotik", "mikrotik", signature_demanded=True, heard_at=NOW, signed_at=NOW, transport=RADSEC,
    secret_octets=6, secret_set_at=NOW - timedelta(days=5000), sessions=10, with_class=10, counted=10, reversed=1,
    disconnect=Disconnect.PROVED, clock_skew_seconds=2.0,
)  # fmt: skip
OVER_UDP = replace(BEST, transport=UDP, secret_octets=43, secret_set_at=NOW - timedelta(days=30))


@pytest.mark.parametrize(
    ("facts", "changed", "grade", "faults"),
    [
        (BEST, {}, Grade.A, ()),
        (BEST, {"signature_demanded": False, "unsigned_at": NOW}, Grade.A, ()),
        (OVER_UDP, {}, Grade.B, (Fault.UNENCRYPTED,)),
        (OVER_UDP, {"secret_octets": 15}, Grade.F, (Fault.SECRET_SHORT, Fault.UNENCRYPTED)),
        (OVER_UDP, {"secret_octets": 16}, Grade.C, (Fault.SECRET_WEAK, Fault.UNENCRYPTED)),
        (OVER_UDP, {"secret_octets": None}, Grade.B, (Fault.UNENCRYPTED,)),
        (OVER_UDP, {"secret_set_at": NOW - timedelta(days=731)}, Grade.B, (Fault.SECRET_OLD, Fault.UNENCRYPTED)),
        (OVER_UDP, {"unsigned_at": NOW - timedelta(days=29)}, Grade.E, (Fault.UNSIGNED, Fault.UNENCRYPTED)),
        (OVER_UDP, {"unsigned_at": NOW - timedelta(days=31)}, Grade.B, (Fault.UNENCRYPTED,)),
        (
            OVER_UDP,
            {"signature_demanded": False},
            Grade.D,
            (Fault.SIGNATURE_NOT_DEMANDED, Fault.UNENCRYPTED),
        ),
        (BEST, {"with_class": 4}, Grade.C, (Fault.CLASS_NOT_ECHOED,)),
        (BEST, {"with_class": 5}, Grade.A, ()),
        (BEST, {"counted": 4}, Grade.D, (Fault.NO_OCTETS,)),
        (BEST, {"reversed": 8}, Grade.C, (Fault.OCTETS_REVERSED,)),
        (BEST, {"sessions": 0, "with_class": 0, "counted": 0, "reversed": 0}, Grade.A, ()),
        (BEST, {"disconnect": Disconnect.BELIED}, Grade.D, (Fault.DISCONNECT_BELIED,)),
        (BEST, {"disconnect": Disconnect.UNANSWERED}, Grade.D, (Fault.DISCONNECT_UNANSWERED,)),
        (BEST, {"disconnect": Disconnect.REFUSED}, Grade.C, (Fault.DISCONNECT_REFUSED,)),
        (BEST, {"disconnect": Disconnect.UNTRIED}, Grade.B, (Fault.DISCONNECT_UNTRIED,)),
        (BEST, {"clock_skew_seconds": -61.0}, Grade.B, (Fault.CLOCK_OFF,)),
        (BEST, {"clock_skew_seconds": 301.0}, Grade.C, (Fault.CLOCK_WRONG,)),
        (BEST, {"clock_skew_seconds": None}, Grade.A, ()),
        (BEST, {"heard_at": None}, None, (Fault.NEVER_HEARD,)),
    ],
)
def test_the_grade(facts: Facts, changed: dict[str, Any], grade: Grade | None, faults: tuple[Fault, ...]) -> None:
    card = judge(replace(facts, **changed), NOW)
    assert (card.grade, card.faults) == (grade, faults)


def test_the_worst_fault_decides_and_stands_first() -> None:
    card = judge(replace(OVER_UDP, secret_octets=8, unsigned_at=NOW, clock_skew_seconds=99.0), NOW)
    assert card.grade is Grade.F
    assert card.faults[:2] == (Fault.SECRET_SHORT, Fault.UNSIGNED)
    assert [BEST_WITH[fault] for fault in card.faults] == sorted((BEST_WITH[f] for f in card.faults), reverse=True)


def test_every_fault_has_a_grade() -> None:
    assert set(BEST_WITH) | {Fault.NEVER_HEARD} == set(Fault)


@pytest.mark.parametrize("gateway", ["coovachilli", "mikrotik", "uspot", "aruba", "cisco", "unifi"])
def test_what_is_ours_to_mend_has_a_command_for_each_make(gateway: str) -> None:
    facts = replace(BEST, gateway=gateway)
    for fault in (Fault.SECRET_SHORT, Fault.SIGNATURE_NOT_DEMANDED, Fault.UNENCRYPTED, Fault.OCTETS_REVERSED):
        assert remedy(fault, facts)
    assert remedy(Fault.SECRET_OLD, facts) == "hotspots ap secret change here"


@pytest.mark.parametrize(
    ("make", "gateway", "fault", "command"),
    [
        ("mikrotik", "mikrotik", Fault.UNSIGNED, "require-message-auth=yes-for-request-resp"),
        ("mikrotik", "mikrotik", Fault.DISCONNECT_REFUSED, "/radius incoming set accept=yes"),
        ("openwrt", "coovachilli", Fault.DISCONNECT_UNANSWERED, "coaport=3799"),
        ("openwrt", "uspot", Fault.CLOCK_WRONG, "sysntpd"),
        ("cisco", "cisco", Fault.CLOCK_OFF, "ntp server"),
        ("omada", "omada", Fault.DISCONNECT_UNANSWERED, "Disconnect Requests on"),
    ],
)
def test_the_command_is_that_of_the_make(make: str, gateway: str, fault: Fault, command: str) -> None:
    found = remedy(fault, replace(BEST, make=make, gateway=gateway))
    assert found is not None
    assert command in found


@pytest.mark.parametrize(
    ("make", "gateway", "configured", "command"),
    [
        (
            *("openwrt", "coovachilli", UDP),
            "hotspots certificate ap here --into certificates/here"
            " && hotspots ap change here --radius-transport radsec",
        ),
        ("openwrt", "coovachilli", RADSEC, "hotspots config render here --out FOLDER  # and roll it out"),
        ("cisco", "cisco", UDP, "hotspots certificate ap here --into certificates/here"),
    ],
)
def test_the_way_to_tls_begins_where_the_access_point_is(
    make: str, gateway: str, configured: str, command: str
) -> None:
    facts = replace(OVER_UDP, make=make, gateway=gateway, configured_transport=configured)
    assert remedy(Fault.UNENCRYPTED, facts) == command


def test_a_router_that_takes_no_disconnect_over_tls_is_led_to_udp_in_a_tunnel() -> None:
    assert (remedy(Fault.DISCONNECT_BELIED, BEST) or "").startswith(
        "hotspots ap change here --radius-transport udp"
    )
    assert remedy(Fault.DISCONNECT_BELIED, OVER_UDP) == "/radius incoming set accept=yes port=3799"


def test_where_only_newer_firmware_helps_there_is_no_command() -> None:
    assert remedy(Fault.UNSIGNED, replace(BEST, make="aruba", gateway="aruba")) is None
