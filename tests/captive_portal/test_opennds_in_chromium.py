"""Whole journeys through openNDS: a real browser, its redirects at four levels, authmon, and the usage script."""

from __future__ import annotations

import os
import subprocess
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from hotspots import models, vouchers
from hotspots.settings import Settings
from tests.captive_portal import examination, portal
from tests.captive_portal.fake_opennds import FakeOpenNDS
from tests.captive_portal.phones import phone_of, reads, session
from tests.radius.running import House, eventually

NAME = "belzyce-urzad-1"
FASKEY = "uam secret"
PAGE = Path(__file__).parents[2] / "docs" / "gateways" / "opennds.md"


@pytest.fixture
def base(house: House, settings: Settings) -> Iterator[str]:
    """The portal, on the recorder that the house has."""
    with portal.serving(settings.model_copy(update={"data_dir": house.recorder.path.parent})) as address:
        yield address


@pytest.fixture
def gateway(request: pytest.FixtureRequest, house: House, base: str) -> Iterator[FakeOpenNDS]:
    level = getattr(request, "param", 3)
    house.set_access_point(gateway="opennds", address="127.0.0.1", fas_level=level)
    house.set_plan(session_seconds=3600, rate_up_bps=512_000, rate_down_bps=2_000_000, daily_octets=5_000_000)
    gateway = FakeOpenNDS(f"{base}/opennds/{NAME}", NAME, FASKEY, level, posts=level == 3)
    with gateway.listening():
        yield gateway


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with phone_of(chromium, javascript=False) as page:
        yield page


@contextmanager
def authmon(gateway: FakeOpenNDS) -> Iterator[None]:
    """Its loop, in a thread, with less rest than the real one has."""
    stop = threading.Event()

    def turn() -> None:
        while not stop.wait(0.2):
            gateway.authmon()

    thread = threading.Thread(target=turn)
    thread.start()
    yield
    stop.set()
    thread.join()


def _script() -> str:
    """The one that the documentation has people install."""
    lines = PAGE.read_text().splitlines()
    start = lines.index("    #!/bin/sh")
    end = next(place for place in range(start, len(lines)) if lines[place] and not lines[place].startswith("    "))
    return textwrap.dedent("\n".join(lines[start:end]))


def usage(gateway: FakeOpenNDS, base: str, folder: Path) -> None:
    """Run that script, where ``ndsctl`` and ``uci`` are those of the gateway."""
    folder.mkdir(exist_ok=True)
    url = f"{gateway.base}/ndsctl?arguments="
    programs = {
        "ndsctl": f'wget -q -O - "{url}$(echo "$*" | sed \'s/ /%20/g\')"',
        "uci": f"echo '{gateway.faskey}'",
    }
    for name, text in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (folder / name).chmod(0o755)
    script = folder / "usage.sh"
    script.write_text(_script().replace("https://PORTAL", base).replace("NAS_IDENTIFIER", NAME))
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["/bin/sh", script], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stderr == ""


def _taps(phone: Page, gateway: FakeOpenNDS) -> None:
    phone.goto(f"{gateway.base}/any")
    reads(phone, "Urząd")
    phone.get_by_role("button", name="Go online", exact=True).click()


@pytest.mark.parametrize("gateway", [3, 4], indirect=True)
def test_at_the_levels_3_and_4_the_gateway_fetches_who_is_let_in(
    phone: Page, gateway: FakeOpenNDS, house: House
) -> None:
    _taps(phone, gateway)
    reads(phone, "One moment")
    with authmon(gateway):
        reads(phone, "You are online")

    assert gateway.client.limits[:5] == ["60", "512", "2000", "5000", "5000"]
    found = session(house)
    assert (found.device, found.source, found.limit_octets) == (gateway.client.mac, "opennds", 5_000_000)
    with house.database.read() as db:
        decision = db.scalars(select(models.LoginDecision)).one()
    assert (decision.reason, decision.at_door, bool(decision.checks)) == (None, "portal", True)

    gateway.client.octets_up, gateway.client.octets_down = 100_000, 900_000
    phone.get_by_role("link", name="Update now").click()
    phone.get_by_role("button", name="Log out").click()
    eventually(lambda: session(house).terminate_cause == "User-Request")
    assert (session(house).octets_up, session(house).octets_down) == (100_000, 900_000)


@pytest.mark.parametrize("gateway", [1, 2], indirect=True)
def test_at_the_levels_1_and_2_the_browser_carries_the_answer(
    phone: Page, gateway: FakeOpenNDS, house: House, base: str, tmp_path: Path
) -> None:
    _taps(phone, gateway)
    reads(phone, "You are online")
    assert gateway.client.online
    assert gateway.call("view", "none") == "", "authmon has nothing to ask at these levels"

    phone.goto(f"{gateway.base}/opennds_auth/?tok=x&redir={quote(phone.url, safe='')}")
    reads(phone, "You are online")
    phone.goto(f"{gateway.base}/opennds_auth/?tok=x&redir=http://example.org/")
    assert urlsplit(phone.url).netloc == urlsplit(base).netloc, "no other page is gone on to"
    phone.go_back()
    reads(phone, "You are online")

    gateway.client.octets_up, gateway.client.octets_down = 20_500, 300_900
    usage(gateway, base, tmp_path / "gateway")
    assert (session(house).octets_up, session(house).octets_down, session(house).source) == (
        *(20_000, 300_000),
        "opennds",
    )
    phone.get_by_role("link", name="Update now").click()
    expect(phone.get_by_role("progressbar", name="Time that is left")).to_be_visible()


def test_who_has_used_up_the_plan_is_told_to_leave(
    phone: Page, gateway: FakeOpenNDS, house: House, base: str, tmp_path: Path
) -> None:
    _taps(phone, gateway)
    with authmon(gateway):
        reads(phone, "You are online")
    gateway.client.octets_up, gateway.client.octets_down = 2_500_000, 2_500_000

    usage(gateway, base, tmp_path / "gateway")

    assert not gateway.client.online, "the answer to the usage named it"
    assert session(house).terminate_cause == "Admin-Reset"
    with house.database.read() as db:
        command = db.scalars(select(models.SessionCommand)).one()
    assert (command.cause, command.state) == ("limit_reached", "proved")
    usage(gateway, base, tmp_path / "gateway")
    assert session(house).octets_up + session(house).octets_down == 5_000_000, "nothing counts twice"


def test_a_voucher_leads_online(phone: Page, gateway: FakeOpenNDS, house: House) -> None:
    code = house.voucher()
    phone.goto(f"{gateway.base}/any")
    phone.get_by_text("I have a voucher").click()
    phone.get_by_label("Voucher code").fill(vouchers.grouped(code))
    phone.get_by_role("button", name="Go online with the voucher").click()
    with authmon(gateway):
        reads(phone, "You are online")

    assert session(house).subject_kind == "voucher"
    with house.database.read() as db:
        assert db.scalars(select(models.Voucher)).one().first_used_at is not None


def test_a_restart_of_the_gateway_ends_its_sessions(phone: Page, gateway: FakeOpenNDS, house: House) -> None:
    _taps(phone, gateway)
    with authmon(gateway):
        reads(phone, "You are online")
    gateway.restart()
    assert session(house).terminate_cause == "NAS-Reboot"

    _taps(phone, gateway)
    gateway.restart()
    assert gateway.authmon() == [], "what it had not fetched is forgotten with it"


def test_everybody_can_use_the_page_that_waits(chromium: Browser, gateway: FakeOpenNDS) -> None:
    with phone_of(chromium) as phone:
        _taps(phone, gateway)
        reads(phone, "One moment")
        phone.route("**/waiting?**", _once)  # only what is not redirected to passes here
        phone.goto(phone.url)
        assert examination.faults(phone) == []


def _once(route: Route) -> None:
    """The page without looking again, which would come between."""
    response = route.fetch()
    assert response.headers["refresh"] == "2"
    route.fulfill(response=response, headers={**response.headers, "refresh": "3600"})


def test_a_gateway_that_does_not_fetch_is_not_waited_for_without_end(
    phone: Page, gateway: FakeOpenNDS, house: House
) -> None:
    _taps(phone, gateway)
    reads(phone, "One moment")
    with house.database.write() as db:
        waiting = db.scalars(select(models.Pass)).one()
        waiting.granted_at = waiting.granted_at.replace(year=waiting.granted_at.year - 1)
    reads(phone, "We cannot check this just now")


def test_authmon_is_believed_from_the_gateway_alone(phone: Page, gateway: FakeOpenNDS, house: House) -> None:
    _taps(phone, gateway)
    gateway.name = "another"
    assert gateway.call("view", "none") == ""
    gateway.name = NAME
    house.set_access_point(address="192.0.2.1")
    assert gateway.call("view", "none") == ""
    house.set_access_point(address="127.0.0.1")
    assert gateway.authmon() == [gateway.rhid]

    token, gateway.client.token = gateway.client.token, "ffffffff"
    gateway.deauth("client_deauth")
    assert session(house).stopped_at is None, "only who knows the token ends a session"
    gateway.client.online, gateway.client.token = True, token
    gateway.deauth("client_deauth")
    assert session(house).stopped_at is not None


def test_without_its_recorder_an_acknowledgement_is_not_taken(
    phone: Page, gateway: FakeOpenNDS, house: House, base: str
) -> None:
    _taps(phone, gateway)
    socket = house.recorder.path
    away = socket.rename(socket.with_name("away"))
    with pytest.raises(httpx.HTTPStatusError, match="503"):
        gateway.authmon()
    away.rename(socket)
    assert gateway.authmon() == [gateway.rhid], "it is offered again"
    assert session(house).stopped_at is None
