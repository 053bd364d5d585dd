"""Time limits on the residents' pages (WCAG 2.2.1): each is said before it runs out, or is longer than twenty hours."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select

import captive_portal
from captive_portal import passkeys, proofs
from captive_portal.app import create_app
from captive_portal.gateways.visit import GatewayVisit, Result
from captive_portal.residents import letting_in
from captive_portal.services import services_of
from hotspots import models, vouchers
from hotspots.database import Database
from hotspots.residents import sponsoring
from hotspots.sessions import passes
from hotspots.sessions.accounting import Status
from hotspots.settings import Settings
from tests.captive_portal.browser import Browser
from tests.captive_portal.conftest import BASE, Clock
from tests.captive_portal.network import make_voucher
from tests.captive_portal.page import Page
from tests.captive_portal.radius_stand_in import RadiusStandIn
from tests.captive_portal.test_ways_in import WANTED, choose
from tests.hotspots.mail_server import Mailbox
from tests.hotspots.places import NOW

DEVICE, ANNA = "02:11:22:33:44:55", "anna@example.org"
TWENTY_HOURS: Final = timedelta(hours=20)
_ROOT: Final = Path(captive_portal.__file__).parent.parent


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """On SQLite alone: no page says another time for another database."""
    return sqlite_database


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    return settings.model_copy(update=mailbox.settings)


@pytest.fixture
def app(settings: Settings, network: Database, clock: Clock) -> Flask:
    with network.write() as db:
        hotspot = db.scalars(select(models.Hotspot)).one()
        hotspot.grace_plan = models.ServicePlan(slug="grace", name="Minutes for the mail", session_seconds=300)
        hotspot.authority.email = "urzad@belzyce.example"
    return create_app(settings, clock)


@dataclass(frozen=True)
class Scene:
    """A portal with all that its pages need."""

    app: Flask
    browser: Browser
    network: Database
    mailbox: Mailbox
    radius: RadiusStandIn

    def visit_of(self, gateway: str) -> str:
        """The token of somebody whom such a gateway has just sent."""
        visit = GatewayVisit(
            Result.NOT_YET, "belzyce-urzad-1", DEVICE, "http://10.1.0.1/login", "00" * 32, gateway=gateway
        )
        services = services_of(self.app)
        return services.visits.sign(visit, services.clock())


@pytest.fixture
def scene(app: Flask, browser: Browser, network: Database, mailbox: Mailbox, radius: RadiusStandIn) -> Scene:
    return Scene(app, browser, network, mailbox, radius)


def login_page(scene: Scene) -> Page:
    return scene.browser.go(WANTED)


def page_for_the_code(scene: Scene) -> Page:
    choose(scene.network, "email")
    scene.browser.go(WANTED)
    return scene.browser.submit("/email", address=ANNA)


def page_of_the_link(scene: Scene) -> Page:
    page_for_the_code(scene)
    return scene.browser.go(f"{scene.mailbox.link()}&lang=en")


def page_for_the_password(scene: Scene) -> Page:
    choose(scene.network, "account")
    scene.browser.go(WANTED)
    scene.browser.click("No account yet, or the password forgotten?")
    scene.browser.submit("/account/new", contact=ANNA)
    return scene.browser.submit("/code", digits=scene.mailbox.code())


def page_that_waits_for_staff(scene: Scene) -> Page:
    choose(scene.network, "sponsor")
    scene.browser.go(WANTED)
    return scene.browser.submit("/sponsor", words="Jan Nowak")


def say_yes(network: Database) -> None:
    with network.write() as db:
        request = db.scalars(select(models.SponsorRequest)).one()
        assert sponsoring.answer(db, request, yes=True, answered_by="jan", now=NOW)


def page_with_the_yes(scene: Scene) -> Page:
    page_that_waits_for_staff(scene)
    say_yes(scene.network)
    return scene.browser.click("Look now")


def page_that_waits_for_the_gateway(scene: Scene) -> Page:
    with scene.network.write() as db:
        point = db.scalars(select(models.AccessPoint)).one()
        point.gateway, point.fas_level = "opennds", 3
    scene.browser.go(f"{BASE}/visit?visit={scene.visit_of('opennds')}&lang=en")
    return scene.browser.submit("/enter")


def page_that_hands_over(scene: Scene) -> Page:
    scene.browser.go(f"{BASE}/visit?visit={scene.visit_of('aruba')}&lang=en")
    return scene.browser.submit("/enter")


def status_page(scene: Scene) -> Page:
    scene.browser.go(WANTED)
    scene.browser.submit("/enter")
    scene.radius.account(Status.START)
    return scene.browser.go(scene.browser.address)


def page_with_the_link(scene: Scene) -> Page:
    status_page(scene)
    return scene.browser.submit("/return/link")


def page_of_a_kiosk(scene: Scene) -> Page:
    with scene.network.write() as db:
        point = db.scalars(select(models.AccessPoint)).one()
        db.add(
            models.Kiosk(slug="k", name="Infomat", hotspot=point.hotspot, plan=point.hotspot.plan, device=DEVICE)
        )
    status_page(scene)
    with scene.network.write() as db:
        session = db.scalars(select(models.Session)).one()
        session.subject_kind, session.subject_key = "kiosk", "1"
    scene.browser.go(scene.browser.address)
    return scene.browser.submit("/carry")


ANNOUNCED: Final[dict[str, tuple[Callable[[Scene], Page], str]]] = {
    "captive_portal.visits.FRESH": (login_page, "You can log in from this page until today at 13:10."),
    "hotspots.residents.codes.LIFETIME": (page_for_the_code, "The code is good until today at 13:10."),
    "the link in a mail": (page_of_the_link, "This link is good until today at 13:10."),
    "the minutes to fetch a code": (page_for_the_code, "You get 5 min of Internet for it, once a day."),
    "captive_portal.proofs.KEPT": (page_for_the_password, "You can do this until today at 13:15."),
    "captive_portal.passkeys.KEPT": (page_for_the_password, "You can do this until today at 13:15."),
    "hotspots.residents.sponsoring.LIFETIME": (page_that_waits_for_staff, "They can answer until today at 13:30."),
    "hotspots.residents.sponsoring.GOOD_FOR": (page_with_the_yes, "The yes is good until Tuesday, 3 March, 01:00."),
    "captive_portal.residents.letting_in.PATIENCE": (
        page_that_waits_for_the_gateway,
        "This page waits until today at 13:01. After that, you can try again with one tap.",
    ),
    "hotspots.logins.tickets.LIFETIME": (page_that_hands_over, "The tap is good until today at 13:02."),
    "hotspots.residents.carrying.GOOD_FOR": (page_of_a_kiosk, "It is good until Tuesday, 3 March, 01:00."),
    "the time of a session": (status_page, "until today at 17:00"),
    "the pause after a session": (status_page, "When the time is over, there is a pause of 15 min."),
    "idling": (status_page, "When the device sends nothing for 20 min, it is logged out."),
    "a link for coming back": (page_with_the_link, "The link is good until Monday, 9 March, 13:00."),
}
"""By the constant, or by what it is where a plan or an account says how long: the page, and what it says."""

LONGER: Final = {
    "captive_portal.visits.KEPT",
    "captive_portal.residents.kept_voucher.KEPT_SECONDS",
    "captive_portal.languages._COOKIE_SECONDS",
    "hotspots.residents.sponsoring.KEPT",
}

NO_LIMIT: Final = {
    "captive_portal.known_places._LATE_SECONDS": "how often is looked for late notices",
    "captive_portal.residents.last_refusal.JUST_NOW": "how old a refusal may be that is explained",
    "captive_portal.residents.last_refusal._PAGE_MAY_TAKE": "the same",
    "captive_portal.residents.letting_in._LOOK_AGAIN_SECONDS": "how often the page looks by itself",
    "captive_portal.residents.doors.unifi._BETWEEN_LOOKS_SECONDS": "between questions to a controller",
    "captive_portal.residents.online._LONG_AGO": "what stands for no login at all",
    "captive_portal.residents.opennds_calls._SURE_AFTER": "what a gateway reports",
    "hotspots.sessions.standing.COUNTER_STARTS_WITHIN": "until the first accounting of a login",
    "captive_portal.server.GRACEFUL_SECONDS": "the end of the process",
    "captive_portal.server.STALLED_SECONDS": "silence in the middle of a request",
    "hotspots.residents.codes._DAY": "a unit",
    "hotspots.residents.codes._HOUR": "a unit",
    "hotspots.residents.codes.KEPT": "when rows are deleted",
    "hotspots.sessions.passes.KEPT": "when rows are deleted",
    "hotspots.sessions.passes.OFFERED_FOR": "longer than the page waits; a gateway may fetch it after that",
}
"""Durations that nobody has to be quick for, each with what it is."""


@pytest.mark.parametrize("limit", ANNOUNCED)
def test_each_limit_is_said_before_it_runs_out(scene: Scene, limit: str) -> None:
    opened, sentence = ANNOUNCED[limit]
    assert sentence in opened(scene).text


@pytest.mark.parametrize("name", sorted(LONGER))
def test_the_others_are_longer_than_twenty_hours(name: str) -> None:
    module, _, constant = name.rpartition(".")
    value = getattr(importlib.import_module(module), constant)
    assert (value if isinstance(value, timedelta) else timedelta(seconds=value)) > TWENTY_HOURS


def test_no_limit_is_left_out() -> None:
    ours = {*ANNOUNCED, *LONGER, *NO_LIMIT}
    found = {name for path in _modules() for name in _durations(path)}
    assert sorted(found - ours) == []
    assert sorted(name for name in ours - found if name.startswith(("captive_portal.", "hotspots."))) == []


def test_what_a_page_says_once_holds_for_all_that_it_asks_for() -> None:
    assert passkeys.KEPT >= proofs.KEPT
    assert passes.OFFERED_FOR > letting_in.PATIENCE


def test_a_voucher_that_was_typed_too_late_is_filled_in_on_the_next_page(
    scene: Scene, clock: Clock, secret_key: SecretStr
) -> None:
    code = make_voucher(scene.network, secret_key)
    client = scene.app.test_client()
    typed = {"visit": scene.visit_of("aruba"), "code": code.lower(), "lang": "en"}
    clock.pass_by(minutes=11)
    assert client.post("/voucher", data=typed, base_url=BASE).status_code == 409
    answer = client.get(f"/visit?visit={scene.visit_of('aruba')}&lang=en", base_url=BASE)
    page = Page(answer.get_data(as_text=True))
    assert page.form("/voucher").fields["code"] == vouchers.grouped(code)


def test_a_yes_waits_for_the_browser_that_asked_where_the_gateway_proves_no_device(
    scene: Scene, clock: Clock
) -> None:
    choose(scene.network, "sponsor")
    asking, neighbour = scene.app.test_client(), scene.app.test_client()
    typed = {"visit": scene.visit_of("aruba"), "words": "Jan Nowak", "lang": "en"}
    assert asking.post("/sponsor", data=typed, base_url=BASE, follow_redirects=True).status_code == 200
    clock.pass_by(minutes=20)
    say_yes(scene.network)

    def ways(client: FlaskClient) -> list[str]:
        answer = client.get(f"/visit?visit={scene.visit_of('aruba')}&lang=en", base_url=BASE)
        return [form.action for form in Page(answer.get_data(as_text=True)).forms]

    assert ways(asking) == ["/sponsor/enter"]
    assert ways(neighbour) == ["/sponsor"]


def _modules() -> Iterator[Path]:
    """Those that may end something for a resident; staff have pages of their own, controllers have none."""
    for path in sorted((_ROOT / "captive_portal").rglob("*.py")):
        if not {"staff", "controllers"} & set(path.relative_to(_ROOT).parts):
            yield path
    for name in (
        "residents/carrying",
        "residents/codes",
        "residents/sponsoring",
        "sessions/passes",
        "sessions/standing",
        "logins/tickets",
    ):
        yield _ROOT / "hotspots" / f"{name}.py"


def _durations(path: Path) -> Iterator[str]:
    """The constants of a module that are durations: made by ``timedelta``, or named after seconds."""
    for statement in ast.parse(path.read_text()).body:
        target = getattr(statement, "target", None) or next(iter(getattr(statement, "targets", [])), None)
        if isinstance(target, ast.Name) and _is_duration(target.id, getattr(statement, "value", None)):
            yield ".".join((*path.relative_to(_ROOT).with_suffix("").parts, target.id))


def _is_duration(name: str, value: ast.expr | None) -> bool:
    calls = () if value is None else (node for node in ast.walk(value) if isinstance(node, ast.Call))
    return name.endswith("_SECONDS") or any(getattr(call.func, "id", "") == "timedelta" for call in calls)
