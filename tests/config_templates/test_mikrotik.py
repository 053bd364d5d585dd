"""RouterOS' script and login page, read back as the device reads them."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from pydantic import SecretStr

from config_templates.errors import ConfigError, NoTemplatesError
from config_templates.intent import AccessPointIntent, RadiusServer
from config_templates.radio import Radio
from config_templates.render import render
from hotspots import gateway_proof
from tests.config_templates import ros_reader
from tests.config_templates.intents import HOSTILE, http_by_address, indoor_mikrotik


def read(intent: AccessPointIntent) -> list[ros_reader.ReadStatement]:
    return ros_reader.read(render(intent)["access-point.rsc"])


def one(intent: AccessPointIntent, menu: str) -> dict[str, str]:
    (statement,) = [statement for statement in read(intent) if statement.menu == menu]
    return statement.arguments


@pytest.mark.parametrize("value", [value for value in (*HOSTILE, "line\nbreak") if len(value.encode()) <= 32])
def test_hostile_values_arrive_unchanged_and_add_no_statement(value: str) -> None:
    intent = indoor_mikrotik(ssid=value, nas_identifier=value, hotspot_name=value, radius_secret=SecretStr(value))
    statements = read(intent)
    assert [item.arguments["configuration.ssid"] for item in statements if item.menu == "/interface wifi"] == [
        value
    ] * 2
    assert [item.arguments["secret"] for item in statements if item.menu == "/radius"] == [value] * 2
    assert one(intent, "/system identity")["name"] == value
    assert one(intent, "/system note")["note"] == value
    assert [(item.menu, item.action) for item in statements] == [
        (item.menu, item.action) for item in read(indoor_mikrotik())
    ]


def test_radius_is_asked_with_patience_and_message_authenticator() -> None:
    servers = [item.arguments for item in read(indoor_mikrotik()) if item.menu == "/radius"]
    assert [server["address"] for server in servers] == ["192.0.2.10", "192.0.2.11"]
    assert {server["timeout"] for server in servers} == {"3s"}
    assert {server["require-message-auth"] for server in servers} == {"yes-for-request-resp"}
    assert one(indoor_mikrotik(), "/radius incoming") == {"accept": "yes", "port": "3799"}


def test_no_cookie_lets_a_device_in_without_radius() -> None:
    profile = one(indoor_mikrotik(), "/ip hotspot profile")
    assert profile["login-by"] == "mac,http-chap"
    assert profile["radius-interim-update"] == "received"
    assert one(indoor_mikrotik(), "/ip hotspot user profile")["add-mac-cookie"] == "no"


def test_without_mac_authentication_only_the_portal_lets_in() -> None:
    intent = http_by_address(make="mikrotik", gateway="mikrotik")
    assert one(intent, "/ip hotspot profile")["login-by"] == "http-chap"


def test_a_portal_without_a_name_is_opened_by_address() -> None:
    statements = read(http_by_address(make="mikrotik", gateway="mikrotik"))
    garden = [item.arguments for item in statements if item.menu.startswith("/ip hotspot walled-garden")]
    assert garden == [{"action": "accept", "dst-address": "10.0.0.5"}]


def test_what_is_allowed_stands_before_private_networks_are_refused() -> None:
    rules = [
        item.arguments
        for item in read(http_by_address(make="mikrotik", gateway="mikrotik"))
        if item.menu == "/ip firewall filter" and item.arguments["chain"] == "forward"
    ]
    refused = next(index for index, rule in enumerate(rules) if rule.get("dst-address-list") == "private")
    assert next(index for index, rule in enumerate(rules) if rule.get("dst-address") == "10.0.0.5") < refused


def test_the_identity_is_what_radius_gets_as_nas_identifier() -> None:
    assert one(indoor_mikrotik(), "/system identity") == {"name": "belzyce-urzad-1"}


def test_radios_keep_to_the_rules() -> None:
    radio = Radio("5g", 100, 40, outdoor=True, antenna_gain_dbi=8.5, cable_loss_db=1)
    wifi = one(indoor_mikrotik(outdoor=True, radios=(radio,)), "/interface wifi")
    assert wifi["configuration.country"] == "Poland"
    assert wifi["configuration.tx-power"] == "19"
    assert wifi["configuration.antenna-gain"] == "8"
    assert (wifi["channel.frequency"], wifi["channel.width"]) == ("5500", "20/40mhz")
    assert wifi["datapath.client-isolation"] == "yes"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"radius_servers": (RadiusServer("radius.example.org"),)}, "radius_servers[0].address"),
        ({"radius_secret": SecretStr("a\0b")}, "radius_secret"),
    ],
)
def test_what_routeros_cannot_be_told_is_refused_by_the_name_of_the_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        render(indoor_mikrotik(**changes))
    assert caught.value.field == field


def test_another_gateway_is_refused() -> None:
    with pytest.raises(NoTemplatesError, match="mikrotik"):
        render(replace(indoor_mikrotik(), gateway="coovachilli"))


class LoginPage(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str | None]] = []
        self.fields: dict[str | None, str | None] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self.forms.append(attributes)
        if tag == "input":
            self.fields[attributes["name"]] = attributes["value"]


def test_the_login_page_posts_the_visit_to_the_portal() -> None:
    page = LoginPage(render(indoor_mikrotik())["hotspot/login.html"])
    (form,) = page.forms
    assert (form["method"], form["action"]) == ("post", "https://hotspot.example.org/mikrotik")
    assert page.fields["chap-challenge"] == "$(chap-challenge)"
    assert {"mac", "ip", "identity", "link-login-only", "chap-id", "proof"} <= set(page.fields)
    assert page.fields["identity"] == "belzyce-urzad-1"


def test_the_pages_prove_where_this_access_point_takes_logins() -> None:
    pages = render(indoor_mikrotik())
    proofs = {LoginPage(pages[f"hotspot/{name}.html"]).fields["proof"] for name in ("login", "logout")}
    (proof,) = proofs
    assert proof is not None
    assert gateway_proof.holds(proof, b"not a real UAM secret", "belzyce-urzad-1", "http://10.20.4.1/")
    assert not gateway_proof.holds(proof, b"not a real UAM secret", "belzyce-urzad-1", "http://10.20.4.2/")
    assert "not a real UAM secret" not in "".join(pages.values())


def test_the_logout_page_says_what_it_is() -> None:
    page = LoginPage(render(indoor_mikrotik())["hotspot/logout.html"])
    assert page.fields["page"] == "logged-out"
    assert page.fields["link-login-only"] == "$(link-login-only)"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_value_and_no_variable(name: str) -> None:
    text = render(indoor_mikrotik(nas_identifier=name))["hotspot/login.html"]
    assert LoginPage(text).fields["identity"] == name
    variables = set(re.findall(r"\$\(([^)]*)\)", text))
    assert variables == set(re.findall(r"\$\(([^)]*)\)", render(indoor_mikrotik())["hotspot/login.html"]))
