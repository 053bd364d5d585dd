from pathlib import Path

import pytest

from hotspots.errors import HotspotsError
from hotspots.inventory.faults import Fault, InventoryError
from hotspots.inventory.reading import read_file, read_text
from tests.hotspots.inventory.text import SMALL, changed, line_of


def _faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(InventoryError) as caught:
        read_text(text, "file.yaml")
    return caught.value.faults


def test_a_good_file_is_read_whole() -> None:
    inventory = read_text(SMALL, "file.yaml")

    assert [plan.session_seconds for plan in inventory.plans] == [14400]
    square, office = inventory.authorities[1].hotspots
    assert square.ssid == "Powiat: żółć "
    assert [entry.identifier for entry in office.access_points] == ["belzyce-urzad-1", "gm-02"]
    assert office.access_points[0].secret is None
    assert office.kiosks[0].device == "02:00:00:00:00:01"


URZAD = "authorities.belzyce.hotspots.belzyce-urzad"


@pytest.mark.parametrize(
    ("old", "new", "field", "reason"),
    [
        ("latitude: 51.1746", "latitude: 22.2812", f"{URZAD}.latitude", "is it the longitude?"),
        ("longitude: 22.2812", "longitude: 51.1746", f"{URZAD}.longitude", "is it the latitude?"),
        ("place_kind: office", "place_kind: ofice", f"{URZAD}.place_kind", "must be 'office'"),
        ("name: Urząd Miejski", "nmae: Urząd Miejski", f"{URZAD}.nmae", "did you mean name?"),
        ("name: Urząd Miejski", "name: 112", f"{URZAD}.name", "put it in quotes"),
        ("name: Urząd Miejski", "name: ''", f"{URZAD}.name", "is empty"),
        ("range_m: 50", "range_m: '50'", f"{URZAD}.declared_range_m", "whole number without quotes"),
        ("range_m: 50", "range_m: true", f"{URZAD}.declared_range_m", "whole number without quotes"),
        ("outdoor: true", "outdoor: yes", "authorities.belzyce.hotspots.belzyce-rynek.outdoor", "true or false"),
        ("make: openwrt", "make: acme", f"{URZAD}.access_points.belzyce-urzad-1.make", "must be 'openwrt'"),
        ("127.0.1.1", "127.0.1", f"{URZAD}.access_points.belzyce-urzad-1.address", "no IP address"),
        ("10.20.0.0/24", "10.20.0.7/24", f"{URZAD}.access_points.belzyce-urzad-2.address", "write 10.20.0.0/24"),
        ("127.0.1.1", "Gw.Example.org", f"{URZAD}.access_points.belzyce-urzad-1.address", "small letters"),
        ("127.0.1.1", "300.1.2.3", f"{URZAD}.access_points.belzyce-urzad-1.address", "no IP address"),
        ("channel: 6", "chanel: 6", f"{URZAD}.access_points.belzyce-urzad-1.radios.#1.chanel", "mean channel?"),
        ("02:00:00:00:00:01", "02:00:00:00:00", f"{URZAD}.kiosks.belzyce-infomat.device", "no MAC address"),
        ("slug: belzyce-rynek", "slug: belzyce-urzad", f"{URZAD}.slug", "there twice"),
        ("slug: belzyce\n", "slug: powiat-lubelski\n", "authorities.powiat-lubelski.slug", "there twice"),
        (
            "nas_identifier: gm-02", "radius_transport: tls",
            f"{URZAD}.access_points.belzyce-urzad-2.radius_transport", "must be 'udp' or 'radsec'",
        ),
        (
            "gateway: coovachilli", "gateway: uspot\n            radius_transport: radsec",
            f"{URZAD}.access_points.belzyce-urzad-1.radius_transport", "not for openwrt with uspot: leave it udp",
        ),
        (
            "nas_identifier: gm-02", "nas_identifier: belzyce-urzad-1",
            f"{URZAD}.access_points.belzyce-urzad-2.nas_identifier", "of another access point",
        ),
        ("slug: od-2018", "slug: od-2019", f"{URZAD}.plan", "there is no plan 'od-2018'; the plans are od-2019"),
        ("session_seconds", "pause_seconds", "plans.od-2018", "needs session_seconds"),
        ("ssid: Powiat\n", f"ssid: {'ą' * 17}\n", f"{URZAD}.ssid", "1 to 32 octets"),
        ("slug: belzyce-rynek", "slug: Bełżyce", "authorities.belzyce.hotspots.Bełżyce.slug", "letters a-z"),
    ],
)  # fmt: skip
def test_a_bad_field_is_named_with_its_line(old: str, new: str, field: str, reason: str) -> None:
    text = changed(old, new)
    found = [fault for fault in _faults(text) if fault.field == field]
    assert len(found) == 1, _faults(text)
    assert reason in found[0].reason
    key = field.rpartition(".")[2]
    if key != "od-2018":
        line = text.splitlines()[found[0].line - 1]
        assert f"{key}:" in line


def test_a_missing_field_is_named_with_the_line_of_its_entry() -> None:
    text = changed("        ssid: Powiat\n", "")
    assert _faults(text) == (Fault(line_of(text, "- slug: belzyce-urzad"), f"{URZAD}.ssid", "is missing"),)


def test_a_decision_on_retention_names_its_document() -> None:
    text = SMALL.replace("retention_mode: undecided", "retention_mode: no-duty", 1)
    (fault,) = _faults(text)
    assert fault.line == line_of(text, "- slug: powiat-lubelski")
    assert "needs retention_decision" in fault.reason


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_file() -> None:
    text = SMALL.replace("slug: od-2018", "slug: od-2019").replace("make: openwrt", "make: acme")
    text = text.replace("latitude: 51.1741", "latitude: north").replace("retention_days: 30", "retention_days: 400")

    with pytest.raises(InventoryError) as caught:
        read_text(text, "file.yaml")

    faults = caught.value.faults
    assert [fault.field.rpartition(".")[2] for fault in faults] == [
        "retention_days", "retention_days", "latitude", "plan", "plan", "make", "plan",
    ]  # fmt: skip
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)
    message = str(caught.value)
    assert message.startswith("file.yaml was not taken, nothing was changed:")
    assert all(str(fault) in message for fault in faults)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plans: [", 1),
        ("plans: []\nauthorities: []\nplans: []\n", 3),
        ("plans: []\n\tauthorities: []\n", 2),
        ("plans: []\nauthorities: *nobody\n", 2),
        ("plans: []\nauthorities: []\n--- \nplans: []\n", 3),
        ("\x00", 1),
        ("", 1),
        ("- plans", 1),
        ("plans: []\nauthorities: {}\n", 2),
        ("plans: []\nauthorities: [gmina]\n", 2),
        ("plans: []\nauthorities: [{slug: [1]}]\n", 2),
        ("[" * 5000, 1),
        ("? [1]\n: 2\n", 1),
    ],
)
def test_what_is_no_inventory_at_all_has_a_line_too(text: str, line: int) -> None:
    assert line in [fault.line for fault in _faults(text)]


def test_a_secret_is_never_repeated() -> None:
    text = changed("nas_identifier: gm-02", "secret: 'tajne hasło'")
    (fault,) = _faults(text)
    assert fault.field.endswith(".secret")
    assert "tajne" not in str(fault)


def test_a_file_that_is_not_there_or_not_utf8_is_named(tmp_path: Path) -> None:
    with pytest.raises(HotspotsError, match=r"nothing\.yaml cannot be read: No such file"):
        read_file(tmp_path / "nothing.yaml")
    path = tmp_path / "old.yaml"
    path.write_bytes("plans: []\n# Bełżyce\n".encode("iso-8859-2"))
    with pytest.raises(InventoryError) as caught:
        read_file(path)
    assert caught.value.faults == (Fault(2, "", "is not UTF-8; save the file as UTF-8"),)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "windows.yaml"
    path.write_text(SMALL.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert read_file(path) == read_text(SMALL, "file.yaml")


@pytest.mark.parametrize("address", ["gw.belzyce.example.org", "dynamic", "2001:db8::1", "10.30.0.0/16"])
def test_an_access_point_may_call_from_a_name_from_a_subnet_or_from_anywhere(address: str) -> None:
    inventory = read_text(changed("address: 127.0.1.1", f"address: {address}"), "file.yaml")
    found = [point.address for hotspot in inventory.authorities[1].hotspots for point in hotspot.access_points]
    assert address in found


def test_who_calls_from_anywhere_must_sign() -> None:
    text = changed("address: 127.0.1.1", "address: dynamic\n            message_authenticator: learn")
    (fault,) = _faults(text)
    assert "needs message_authenticator required" in fault.reason


def test_smartzone_needs_the_controller_that_is_to_be_asked() -> None:
    (fault,) = _faults(changed("gateway: coovachilli", "gateway: smartzone"))
    assert fault.field == f"{URZAD}.access_points.belzyce-urzad-1.controller"
    assert "hotspots controller add" in fault.reason
    given = changed("gateway: coovachilli", "gateway: smartzone\n            controller: gmina")
    office = read_text(given, "file.yaml").authorities[1].hotspots[1]
    assert office.access_points[0].controller == "gmina"
