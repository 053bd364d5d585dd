"""Everything behind a RouterOS hotspot: RADIUS that answers, the pages that we render for the router, a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from pydantic import SecretStr

from config_templates.render import render
from hotspots.access_points import gateway_proof
from tests.captive_portal.fake_routeros import FakeRouterOS
from tests.captive_portal.portal import UAM_SECRET
from tests.captive_portal.router_radius import RouterRadius
from tests.config_templates.intents import indoor_mikrotik
from tests.radius.running import ADDRESS, SECRET, Worker

IDENTITY = "belzyce-urzad-1"


def router_of(worker: Worker) -> FakeRouterOS:
    """A router that asks this worker."""
    return FakeRouterOS(IDENTITY, RouterRadius(ADDRESS, SECRET, worker.auth_port, worker.acct_port))


def rendered_pages(portal_base_url: str, router_base: str) -> dict[str, str]:
    """The pages that we render for this router; it serves on another port than the real one, so its proof differs."""
    intent = indoor_mikrotik(
        nas_identifier=IDENTITY, portal_base_url=portal_base_url, uam_secret=SecretStr(UAM_SECRET)
    )
    secret = UAM_SECRET.encode()
    rendered = gateway_proof.prove(secret, IDENTITY, f"http://{intent.plan.gateway}/")
    here = gateway_proof.prove(secret, IDENTITY, f"{router_base}/")
    return {
        path.removeprefix("hotspot/"): text.replace(rendered, here)
        for path, text in render(intent).items()
        if path.startswith("hotspot/")
    }


class Phone:
    """A browser as wide as the smallest phone; without JavaScript it taps the buttons that JavaScript spares."""

    def __init__(self, page: Page, router: FakeRouterOS, *, javascript: bool) -> None:
        self.page = page
        self.router = router
        self.javascript = javascript

    def button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def spared(self, name: str) -> None:
        if not self.javascript:
            self.button(name)

    def joins(self) -> None:
        self.page.goto(f"{self.router.base}/any")
        if self.router.host().granted is None:
            self.passes_the_routers_page()

    def passes_the_routers_page(self) -> None:
        self.spared("Dalej do sieci Wi-Fi / Continue to the Wi-Fi")

    def taps(self) -> None:
        self.button("Go online")
        self.spared("Go on")

    def types(self, code: str) -> None:
        self.page.get_by_text("I have a voucher").click()
        self.page.get_by_label("Voucher code").fill(code)
        self.button("Go online with the voucher")

    def reads(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
