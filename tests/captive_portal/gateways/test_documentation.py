"""What ``docs/gateways`` tells people to set is what we set ourselves where a template does it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from captive_portal.gateways.dialects import DIALECTS
from config_templates.render import render
from hotspots.access_points.gateway_proof import prove
from tests.config_templates import ros_reader
from tests.config_templates.intents import indoor_mikrotik, outdoor_openwrt

DOCS = Path(__file__).parents[3] / "docs"
_STANDS_FOR_SOMETHING = re.compile(r"[A-Z_]*[A-Z]{2}[A-Z_0-9]*")


def _page(gateway: str) -> str:
    return (DOCS / "gateways" / f"{gateway}.md").read_text()


def _indented(text: str, start: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if re.match(rf" +{start}", line)]


def _agrees(told: str, rendered: str) -> bool:
    return told == rendered or _STANDS_FOR_SOMETHING.search(told.replace("XX:XX", "")) is not None


@pytest.mark.parametrize("gateway", DIALECTS)
def test_each_gateway_has_its_page(gateway: str) -> None:
    assert f"(gateways/{gateway}.md)" in (DOCS / "gateways.md").read_text()
    assert "## Set by hand" in _page(gateway)
    assert f"`gateway: {gateway}`" in _page(gateway)


def test_what_is_told_of_routeros_is_what_we_render() -> None:
    told = ros_reader.read("\n".join(_indented(_page("mikrotik"), "/[a-z -]+ (set|add) ")))
    rendered = ros_reader.read(render(indoor_mikrotik())["access-point.rsc"])

    assert len(told) == 8
    for statement in told:
        ours = [each for each in rendered if (each.menu, each.action) == (statement.menu, statement.action)]
        assert ours, statement.menu
        assert statement.find == ours[0].find
        assert statement.arguments.keys() == ours[0].arguments.keys()
        for key, value in statement.arguments.items():
            assert _agrees(value, ours[0].arguments[key]), (statement.menu, key, value)


def test_what_is_told_of_coovachilli_is_what_we_render() -> None:
    option = re.compile(r"option (\w+) '(.*)'")
    told = dict(
        match.groups() for line in _indented(_page("coovachilli"), "option ") if (match := option.match(line))
    )
    text = render(outdoor_openwrt())["etc/config/chilli"]
    rendered = dict(match.groups() for line in text.splitlines() if (match := option.match(line.strip())))

    own_network = {"network", "tundev", "net", "uamlisten", "dns1", "dns2", "domain", "lease", "maxclients"}
    assert told.keys() == rendered.keys() - own_network
    for key, value in told.items():
        assert _agrees(value, rendered[key]), (key, value)


def test_the_proof_is_about_the_address_in_the_script() -> None:
    intent = indoor_mikrotik()
    files = render(intent)
    (profile,) = [each for each in ros_reader.read(files["access-point.rsc"]) if each.menu == "/ip hotspot profile"]
    base = f"http://{profile.arguments['hotspot-address']}/"
    secret = intent.uam_secret.get_secret_value().encode()
    assert prove(secret, intent.nas_identifier, base) in files["hotspot/login.html"]
