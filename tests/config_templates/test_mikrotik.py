"""RouterOS' script and login page, read back as the device reads them."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from pydantic import SecretStr

from config_templates.errors import ConfigError, NoTemplatesError
from config_templates.intent import AccessPointIntent, RadiusServer, RadSec
from config_templates.radio import Radio
from config_templates.render import render
from hotspots.access_points import gateway_proof
from tests.config_templates import ros_reader
from tests.config_templates.intents import HOSTILE, OVER_TLS, http_by_address, indoor_mikrotik


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


def test_over_tls_the_router_asks_with_its_certificate_and_the_secret_of_all() -> None:
    servers = [item.arguments for item in read(indoor_mikrotik(radsec=OVER_TLS)) if item.menu == "/radius"]
    assert [server["address"] for server in servers] == ["192.0.2.10", "192.0.2.11"]
    common = {
        "service": "hotspot", "protocol": "radsec", "certificate": "radsec", "secret": "radsec", "timeout": "3s",
        "require-message-auth": "yes-for-request-resp",
    }  # fmt: skip
    assert all(server == {**common, "address": server["address"]} for server in servers)


@pytest.mark.parametrize("name", ["belzyce-urzad-1", 'a "b" \\ $c ?'])
def test_certificates_are_imported_before_they_are_used_and_the_key_goes(name: str) -> None:
    statements = read(indoor_mikrotik(radsec=RadSec(2083, name)))
    first = next(place for place, item in enumerate(statements) if item.menu == "/certificate")
    steps = [(item.menu, item.action, item.find, item.arguments) for item in statements[first : first + 5]]
    assert steps == [
        *(
            ("/certificate", "import", None, {"file-name": file, "passphrase": ""})
            for file in ("authority.pem", "access-point.pem", "access-point.key")
        ),
        ("/certificate", "set", ("common-name", name), {"name": "radsec"}),
        ("/file", "remove", ("name", "access-point.key"), {}),
    ]
    rest = {item.menu for item in statements[first + 5 :]}
    assert rest == {"/radius", "/radius incoming"}, (
        "what fails there must leave the HotSpot standing, which is closed"
    )


def test_over_tls_no_disconnect_comes_in_by_udp() -> None:
    def ports(intent: AccessPointIntent) -> list[str | None]:
        rules = [item.arguments for item in read(intent) if item.menu == "/ip firewall filter"]
        return [rule.get("dst-port") for rule in rules if rule["chain"] == "input"]

    assert "3799" in ports(indoor_mikrotik())
    assert "3799" not in ports(indoor_mikrotik(radsec=OVER_TLS))
    assert one(indoor_mikrotik(radsec=OVER_TLS), "/radius incoming") == {"accept": "yes", "port": "3799"}


def test_over_udp_there_is_nothing_of_tls() -> None:
    script = render(indoor_mikrotik())["access-point.rsc"]
    assert not re.search("certificate|radsec|access-point.key", script)
    assert (
        "Upload authority.pem, access-point.pem, access-point.key"
        in (render(indoor_mikrotik(radsec=OVER_TLS))["access-point.rsc"])
    )


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
        ({"radsec": RadSec(2084, "belzyce-urzad-1")}, "radsec.port"),
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
