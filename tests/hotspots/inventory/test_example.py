from collections import Counter
from ipaddress import ip_address
from math import cos, hypot, radians

from hotspots.inventory.document import HotspotEntry, Inventory
from hotspots.inventory.reading import read_file
from tests.hotspots.inventory.test_writing import EXAMPLE

GMINAS = {
    "Bełżyce", "Borzechów", "Bychawa", "Garbów", "Głusk", "Jabłonna", "Jastków", "Konopnica", "Krzczonów",
    "Niedrzwica Duża", "Strzyżewice", "Wojciechów", "Wólka", "Wysokie", "Zakrzew",
}  # fmt: skip
LUBLIN = (51.25, 22.57)


def _example() -> Inventory:
    return read_file(EXAMPLE)


def _hotspots() -> list[HotspotEntry]:
    return [hotspot for authority in _example().authorities for hotspot in authority.hotspots]


def test_it_has_the_powiat_and_its_gminas_each_with_an_office() -> None:
    authorities = _example().authorities
    assert [authority.name for authority in authorities if authority.kind == "powiat"] == ["Powiat Lubelski"]
    assert {authority.name for authority in authorities} - {"Powiat Lubelski"} == {
        f"Gmina {name}" for name in GMINAS
    }
    for authority in authorities:
        assert [hotspot.place_kind for hotspot in authority.hotspots].count("office") == 1
        assert (authority.retention_mode, authority.retention_days) == ("undecided", 30)


def test_it_has_22_hotspots_with_an_access_point_each_and_20_kiosks() -> None:
    hotspots = _hotspots()
    assert len(hotspots) == 22
    assert [len(hotspot.access_points) for hotspot in hotspots] == [1] * 22
    assert sum(len(hotspot.kiosks) for hotspot in hotspots) == 20
    addresses = [ip_address(hotspot.access_points[0].address) for hotspot in hotspots]
    assert addresses == [ip_address("127.0.1.1") + number for number in range(22)]
    assert all(hotspot.access_points[0].name == f"{hotspot.slug}-1" for hotspot in hotspots)


def test_the_places_lie_around_lublin_and_none_on_another() -> None:
    def kilometres(first: tuple[float, float], second: tuple[float, float]) -> float:
        return hypot(first[0] - second[0], (first[1] - second[1]) * cos(radians(51.2))) * 111.2

    places = [(hotspot.latitude, hotspot.longitude) for hotspot in _hotspots()]
    assert all(kilometres(place, LUBLIN) < 45 for place in places)
    apart = [kilometres(one, other) for number, one in enumerate(places) for other in places[:number]]
    assert min(apart) > 0.05


def test_the_makes_are_mixed_and_the_radios_are_lawful_outdoors() -> None:
    hotspots = _hotspots()
    gateways = Counter((entry.make, entry.gateway) for hotspot in hotspots for entry in hotspot.access_points)
    assert set(gateways) == {("openwrt", "coovachilli"), ("mikrotik", "mikrotik")}
    for hotspot in hotspots:
        bands = [radio.band for radio in hotspot.access_points[0].radios]
        assert bands == ["2g", "5g"]
        if hotspot.outdoor:
            assert all(radio.channel >= 100 for radio in hotspot.access_points[0].radios if radio.band == "5g")


def test_the_plans_have_the_limits_of_the_rules() -> None:
    plans = {plan.slug: plan for plan in _example().plans}
    assert set(plans) == {"od-2018", "uke-2013", "uke-2011", "kiosk"}
    standard = plans["od-2018"]
    assert (standard.rate_down_bps, standard.rate_up_bps) == (10_000_000, 5_000_000)
    assert (standard.session_seconds, standard.idle_seconds) == (4 * 3600, 20 * 60)
    assert (standard.remember_seconds, standard.devices_at_once) == (30 * 86400, None)
    old = plans["uke-2013"]
    assert (old.rate_down_bps, old.rate_up_bps, old.monthly_octets) == (512_000, 512_000, 750_000_000)
    assert (old.session_seconds, old.pause_seconds) == (45 * 60, 15 * 60)
    oldest = plans["uke-2011"]
    assert (oldest.rate_down_bps, oldest.session_seconds, oldest.monthly_octets) == (256_000, 3600, 750_000_000)
    assert (plans["kiosk"].session_seconds, plans["kiosk"].idle_seconds) == (1800, 120)
    assert all(plan.legal_basis for plan in plans.values())
