"""A resident's whole journey, with a real browser, FreeRADIUS' client and the running system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from ruamel.yaml import YAML

import hotspots
from tests.captive_portal.fake_coovachilli import FakeCoovaChilli
from tests.end_to_end.gateway import GatewayRadius, Reply
from tests.end_to_end.installation import Installation, eventually, fetch
from tests.radius.fake_nas import FakeNas, like_coovachilli

ADDRESS = "127.0.77.1"
NAME = "belzyce-urzad-1"
DEVICE = "02:11:22:33:44:55"
MEGABYTE = 1_000_000
EXAMPLE = Path(hotspots.__file__).with_name("example") / "powiat-lubelski.yaml"


def import_inventory_with_quota(installation: Installation, coa_port: int = 3799) -> None:
    """The example, with the town hall of Bełżyce under the plan that has a monthly quota, at an address of ours."""
    yaml = YAML()
    document = yaml.load(EXAMPLE)
    places = [place for authority in document["authorities"] for place in authority.get("hotspots", [])]
    (place,) = [place for place in places if place["access_points"][0]["name"] == NAME]
    place["plan"] = "uke-2013"
    place["access_points"][0] |= {"address": ADDRESS, "coa_port": coa_port}
    path = installation.folder / "inventory.yaml"
    yaml.dump(document, path)
    installation.command("inventory", "import", str(path))


@contextmanager
def phone() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(locale="pl-PL", viewport={"width": 390, "height": 844}, java_script_enabled=False)
        yield page
        browser.close()


class Gateway:
    """CoovaChilli on one access point: what the browser sees of it, and what it asks by RADIUS."""

    def __init__(self, installation: Installation) -> None:
        (row,) = [row for row in installation.command("ap", "list", "--show-secrets") if row["name"] == NAME]
        ports = installation.ports
        self.radius = GatewayRadius(ADDRESS, row["secret"], ports["auth"], ports["acct"])
        self.replies: list[Reply] = []
        self.asked: list[tuple[str, int, bytes, bytes, str]] = []
        portal = f"http://127.0.0.1:{ports['portal']}/uam"
        self.web = FakeCoovaChilli(
            portal, row["uam_secret"], row["nas_identifier"], self._authenticate, device=DEVICE
        )

    def _authenticate(self, name: str, identifier: int, response: bytes, challenge: bytes, device: str) -> bool:
        self.asked.append((name, identifier, response, challenge, device))
        self.replies.append(self.radius.chap(name, identifier, response, challenge, device))
        return self.replies[-1].kind == "Access-Accept"


@pytest.fixture
def gateway(installation: Installation) -> Gateway:
    installation.start()
    installation.wait_for("hotspots simulate")
    import_inventory_with_quota(installation)
    return Gateway(installation)


def session(installation: Installation) -> dict[str, object]:
    (row,) = installation.command("session", "list")
    assert isinstance(row, dict)
    return row


def test_a_resident_gets_online_uses_up_the_quota_and_is_cut_off(
    installation: Installation, gateway: Gateway
) -> None:
    nas = FakeNas(like_coovachilli, gateway.radius.secret.encode(), ADDRESS)
    import_inventory_with_quota(installation, nas.port)
    with nas, gateway.web.serving() as any_page, phone() as page:
        page.goto(any_page)
        assert "Bełżyc" in page.inner_text("body")
        page.click("button.first")

        (accept,) = gateway.replies
        assert accept.kind == "Access-Accept"
        assert accept.attributes["Session-Timeout"] == "2700"
        assert accept.attributes["ChilliSpot-Bandwidth-Max-Down"] == "512"
        assert accept.attributes["ChilliSpot-Bandwidth-Max-Up"] == "512"
        assert accept.attributes["ChilliSpot-Max-Total-Octets"] == str(750 * MEGABYTE)
        assert "Message-Authenticator" in accept.attributes

        account = gateway.radius.account
        who = gateway.asked[0][0], DEVICE, accept
        assert account("Start", "1", *who).kind == "Accounting-Response"
        used = {"Acct_Session_Time": 300, "Acct_Input_Octets": 50 * MEGABYTE, "Acct_Output_Octets": 200 * MEGABYTE}
        account("Interim-Update", "1", *who, **used)
        page.reload()
        status = re.sub(r"\s+", " ", page.inner_text("main"))
        assert "500 MB" in status, status
        row = session(installation)
        assert (row["octets_up"], row["octets_down"]) == (50 * MEGABYTE, 200 * MEGABYTE)
        assert nas.datagrams == []

        used |= {"Acct_Session_Time": 600, "Acct_Output_Octets": 700 * MEGABYTE}
        account("Interim-Update", "1", *who, **used)
        assert eventually(lambda: len(nas.heard) > 0)
        (disconnect,) = nas.heard
        assert disconnect[44] == b"1", "Acct-Session-Id"
        assert disconnect[1] == gateway.asked[0][0].encode(), "CoovaChilli drops a Disconnect without User-Name"

        account("Stop", "1", *who, **used, Acct_Terminate_Cause="Admin-Reset")
        row = session(installation)
        assert row["stopped_at"] is not None
        assert row["terminate_cause"] == "Admin-Reset"
        assert (row["octets_up"], row["octets_down"]) == (50 * MEGABYTE, 700 * MEGABYTE)
        metrics = fetch(installation.ports["metrics"], "/metrics")
        assert re.search(r'hotspots_disconnects_total\{[^}]*result="acked"[^}]*\} 1', metrics), metrics[:3000]

        gateway.web.clients.clear()
        page.goto(any_page)
        page.click("button.first")
        refused = page.inner_text("main")
        assert "miesi" in refused.lower(), refused
        assert len(gateway.replies) == 1, "the portal refused: the gateway was not even asked"


def test_a_ticket_lets_in_once_and_only_the_device_it_was_made_for(
    installation: Installation, gateway: Gateway
) -> None:
    with gateway.web.serving() as any_page, phone() as page:
        page.goto(any_page)
        page.click("button.first")
    name, identifier, response, challenge, device = gateway.asked[0]
    other = "02:99:99:99:99:99"
    for thief in (device, other):
        again = gateway.radius.chap(name, identifier, response, challenge, thief)
        assert again.kind == "Access-Reject"
        expected = "ticket_used" if thief == device else "ticket_other_device"
        assert again.attributes["Reply-Message"] == expected
    metrics = fetch(installation.ports["metrics"], "/metrics")
    assert 'reason="ticket_used"' in metrics or eventually(
        lambda: 'reason="ticket_used"' in fetch(installation.ports["metrics"], "/metrics")
    )
    assert any(member.kind == "Access-Accept" for member in gateway.replies)


def test_a_voucher_is_typed_and_a_remembered_device_comes_back_without_a_page(
    installation: Installation, gateway: Gateway
) -> None:
    (voucher,) = installation.command("voucher", "create", "--plan", "od-2018", "--count", "1")
    with gateway.web.serving() as any_page, phone() as page:
        page.goto(any_page)
        page.click("summary")
        page.fill("#code", "O" + voucher["code"][1:])
        page.click("details button")
        assert "O" in page.inner_text("#code-error"), "the letter that never occurs is named"
        page.fill("#code", voucher["code"].lower().replace("-", " "))
        page.click("details button")
        assert gateway.replies[-1].kind == "Access-Accept"
        assert gateway.replies[-1].attributes["Session-Timeout"] == "14400"
    dashed = DEVICE.upper().replace(":", "-")
    back = gateway.radius.ask(
        "auth",
        [
            f'User-Name = "{dashed}"',
            f'User-Password = "{dashed}"',
            f'Calling-Station-Id = "{dashed}"',
            "Service-Type = Framed-User",
        ],
    )
    assert back.kind == "Access-Accept"
    assert installation.command("voucher", "revoke", voucher["code"])
    revoked = lambda: gateway.radius.ask(  # noqa: E731 - asked until the worker knows
        "auth", [f'User-Name = "{dashed}"', f'User-Password = "{dashed}"', f'Calling-Station-Id = "{dashed}"']
    )
    assert eventually(lambda: revoked().attributes.get("Reply-Message") == "voucher_revoked")
