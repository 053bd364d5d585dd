"""Plays residents on the running system: through the portal by HTTP, through RADIUS by UDP, by no other way."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import signal
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlsplit

import httpx

from hotspots.errors import HotspotsError
from monitoring.synthetic import uam
from monitoring.synthetic.access_point import AccessPoint, near_each
from monitoring.synthetic.clock import Clock
from monitoring.synthetic.gateway import Gateway, Refused, Servers
from monitoring.synthetic.granted import Granted
from monitoring.synthetic.packets import Client, Credentials, Pap, mac_credentials
from monitoring.synthetic.resident import MISTYPED, Resident, Stay, plan
from monitoring.synthetic.stay_online import course
from monitoring.synthetic.tally import Tally
from monitoring.synthetic.visit import Browser, PortalFault, SentBack, Shown

_BROWSERS_AT_ONCE: Final = 50
_NOTICE_SECONDS: Final = 2.0
"""Real seconds after which a login at one RADIUS worker is known to the others."""

_WANTED: Final = "http://example.org/"
_CALLED_BACK: Final = "the portal after a login"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played, and against what.

    Attributes:
        access_points: All that take part.
        residents: How many people.
        minutes: How long it lasts in real time.
        speed: Simulated seconds in a real one.
        seed: Where all chance comes from.
        servers: The RADIUS service as each of these addresses calls it.
        portal: Where the portal is called, without a final slash.
        signed_portal: The portal as the gateways' own configuration names it: what ``md`` is made over.
        vouchers: Codes for the first residents.
    """

    access_points: Sequence[AccessPoint]
    residents: int
    minutes: float
    speed: float
    seed: int
    servers: Callable[[AccessPoint], Servers]
    portal: str
    signed_portal: str
    vouchers: Sequence[str] = ()

    @property
    def horizon_seconds(self) -> float:
        """Simulated seconds from beginning to end."""
        return self.minutes * 60 * self.speed


@dataclass
class Simulation:
    """One run. ``finished`` counts the residents who have gone for good, for whoever shows progress."""

    scene: Scene
    tally: Tally = field(default_factory=Tally)
    finished: int = 0

    def __post_init__(self) -> None:
        random = Random(self.scene.seed)  # noqa: S311 - chance of a play, no secret
        self._clock = Clock(self.scene.speed)
        self._gateways = [
            Gateway(ap, self.scene.servers(ap), random, self.tally) for ap in self.scene.access_points
        ]
        self._residents = plan(
            random,
            self.scene.residents,
            [ap.has_portal_visit for ap in self.scene.access_points],
            self.scene.horizon_seconds,
            self.scene.vouchers,
            near_each(self.scene.access_points),
        )
        self._tls = ssl.create_default_context()
        self._browsers = asyncio.Semaphore(_BROWSERS_AT_ONCE)

    async def run(self) -> Tally:
        """Play it; SIGINT and SIGTERM send everybody home, with their Stops.

        Raises:
            HotspotsError: It cannot begin: an address cannot be bound, or the system does not answer.
        """
        try:
            for gateway in self._gateways:
                await gateway.open()
            await self._check_the_system()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self._clock.close)
            self._clock.start()
            loop.call_later(self.scene.minutes * 60, self._clock.close)
            async with asyncio.TaskGroup() as group:
                for resident in self._residents:
                    group.create_task(self._live(resident))
        finally:
            for gateway in self._gateways:
                gateway.close()
        return self.tally

    async def _check_the_system(self) -> None:
        gateway = self._gateways[0]
        if not await gateway.server_lives():
            point, servers = gateway.access_point, self.scene.servers(gateway.access_point)
            raise HotspotsError(
                f"RADIUS on {servers.auth[0]}, UDP ports {servers.auth[1]} and {servers.acct[1]}, does not answer "
                f"{point.name} at {point.address}",
                "Is hotspots run running, with this DATA_DIR? Its log names unknown senders",
            )
        if any(ap.has_portal_visit for ap in self.scene.access_points):
            try:
                async with httpx.AsyncClient(verify=self._tls) as client:
                    answer = await client.get(f"{self.scene.portal}/")
            except httpx.TransportError as error:
                raise HotspotsError(
                    f"the portal at {self.scene.portal} does not answer: {type(error).__name__}",
                    "Is hotspots run running? --portal or HOTSPOTS_PORTAL_BASE_URL say where it is",
                ) from error
            if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise HotspotsError(f"the portal at {self.scene.portal} answers with status {answer.status_code}")
        # What was asked to find out is no part of the play.
        self.tally.requests = self.tally.retransmissions = 0
        self.tally.unanswered.clear()

    async def _live(self, resident: Resident) -> None:
        for stay in resident.stays:
            await self._clock.until(stay.begins_at)
            if self._clock.closing:
                break
            try:
                await self._visit(resident, stay, self._gateways[stay.place])
            except PortalFault as fault:
                self.tally.unexpected[f"the portal: {fault}"] += 1
            await asyncio.sleep(0 if self._clock.closing else _NOTICE_SECONDS)
        self.finished += 1

    async def _visit(self, resident: Resident, stay: Stay, gateway: Gateway) -> None:
        client = gateway.lease(resident.mac)
        entry = await self._enter(resident, gateway, client)
        if entry is None:
            self.tally.turned_away.add(resident.mac)
            return
        method, user_name, grant = entry
        self.tally.logged_in[method] += 1
        self.tally.online.add(resident.mac)
        await gateway.play(client, user_name, grant, course(stay, grant), self._clock, method)

    async def _enter(self, resident: Resident, gateway: Gateway, client: Client) -> tuple[str, str, Granted] | None:
        """How the resident gets in: the method, the name that RADIUS knows the session by, and the grant."""
        point = gateway.access_point
        if point.mac_authentication:
            by_mac = mac_credentials(point, client.mac)
            answer = await gateway.ask(client, by_mac, by_mac=True)
            if isinstance(answer, Granted):
                return "device", by_mac.user_name, answer
            if isinstance(answer, Refused) and not (point.has_portal_visit or resident.voucher):
                self.tally.refused[f"by MAC: {answer.reply}"] += 1
                return None
            self.tally.shown_the_portal += isinstance(answer, Refused)
        if point.has_portal_visit:
            async with self._browsers, self._browser(resident, point) as browser:
                return await self._through_the_portal(resident, gateway, client, browser)
        if resident.voucher is None:
            return None
        return await self._by_voucher(gateway, client, resident.voucher)

    async def _by_voucher(self, gateway: Gateway, client: Client, voucher: str) -> tuple[str, str, Granted] | None:
        answer = await gateway.ask(client, Pap(voucher, voucher.encode()))
        if isinstance(answer, Granted):
            return "voucher", voucher, answer
        if isinstance(answer, Refused):
            self.tally.refused[answer.reply] += 1
        return None

    async def _through_the_portal(
        self, resident: Resident, gateway: Gateway, client: Client, browser: Browser
    ) -> tuple[str, str, Granted] | None:
        point = gateway.access_point
        asking = uam.Asking(client, secrets.token_hex(16), _WANTED)
        address = self._redirect(point, asking, "notyet")
        if resident.mistypes:
            self._turned_away_with(await browser.log_in(address, MISTYPED))
        came_to = await browser.log_in(address, resident.voucher)
        if not isinstance(came_to, SentBack):
            self._turned_away_with(came_to)
            return None
        credentials = self._logon(came_to.url, point, asking)
        if credentials is None:
            return None
        answer = await gateway.ask(client, credentials)
        if isinstance(answer, Granted):
            await self._call_back(browser, self._redirect(point, asking, "success"))
            return "tap" if resident.voucher is None else "voucher", credentials.user_name, answer
        if isinstance(answer, Refused):
            self.tally.refused[answer.reply] += 1
            await self._call_back(browser, self._redirect(point, asking, "failed", answer.reply))
        return None

    def _turned_away_with(self, came_to: SentBack | Shown) -> None:
        if isinstance(came_to, SentBack):
            self.tally.unexpected["the portal let in a voucher that cannot be one"] += 1
        else:
            self.tally.refused[f"at the portal: {came_to.page.title or came_to.status}"] += 1

    def _logon(self, url: str, point: AccessPoint, asking: uam.Asking) -> Credentials | None:
        try:
            return uam.read_logon(url, point, asking.challenge)
        except uam.NotALogon as error:
            self.tally.unexpected[str(error)] += 1
            return None

    async def _call_back(self, browser: Browser, address: str) -> None:
        """The gateway shows the browser how the login went; the portal has a page for either."""
        came_to = await browser.open(address)
        if isinstance(came_to, SentBack) or came_to.status != httpx.codes.OK:
            what = (
                f"led to {urlsplit(came_to.url).netloc}" if isinstance(came_to, SentBack) else str(came_to.status)
            )
            self.tally.unexpected[f"{_CALLED_BACK}: {what}"] += 1

    def _redirect(self, point: AccessPoint, asking: uam.Asking, result: str, reply: str | None = None) -> str:
        signed = uam.redirect_url(self.scene.signed_portal, point, asking, result, reply)
        return self.scene.portal + signed.removeprefix(self.scene.signed_portal)

    def _browser(self, resident: Resident, point: AccessPoint) -> Browser:
        return Browser(resident.phone, self.scene.portal, _source(point.address, self.scene.portal), self._tls)


def _source(address: str, portal: str) -> str | None:
    """From where a browser calls: the access point's address, unless the portal cannot be reached from there."""
    try:
        target = ipaddress.ip_address(urlsplit(portal).hostname or "")
    except ValueError:
        return None
    source = ipaddress.ip_address(address)
    return address if (source.version, source.is_loopback) == (target.version, target.is_loopback) else None
