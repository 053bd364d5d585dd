"""The browser's part: follow the gateway's redirect to the portal, tap or type a voucher, be sent back."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import httpx

from monitoring.synthetic.forms import Form, Page, read_page

_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MOST_REDIRECTS: Final = 5
_TIMEOUT_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class SentBack:
    """The portal sent the browser to this address, which is outside of the portal: the gateway's."""

    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The portal answered with a page: no way back to the gateway, but something to read."""

    status: int
    page: Page


class PortalFault(Exception):  # noqa: N818 - reads as what it says
    """The portal did what it never should: no answer, a server error, a page without what is needed."""


@dataclass(frozen=True, slots=True)
class Phone:
    """What a browser tells of itself."""

    agent: str
    languages: str


class Browser:
    """One phone's browser, behind one access point; as a context, it closes its connections at the end.

    Args:
        phone: What it tells of itself.
        base: Where the portal is called, without a final slash.
        local_address: From where: the access point's address, as with its NAT; None leaves it to the kernel.
        tls: Shared between browsers, since making one takes longer than a visit.
    """

    def __init__(self, phone: Phone, base: str, local_address: str | None, tls: ssl.SSLContext) -> None:
        self._base = base
        self._client = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=tls, local_address=local_address),
            headers={"User-Agent": phone.agent, "Accept-Language": phone.languages, "Accept": "text/html"},
            timeout=_TIMEOUT_SECONDS,
        )

    async def __aenter__(self) -> Browser:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def open(self, address: str) -> SentBack | Shown:
        """Open an address of the portal.

        Raises:
            PortalFault: No usable answer came.
        """
        return await self._follow("GET", address, None)

    async def log_in(self, address: str, voucher: str | None) -> SentBack | Shown:
        """Open the portal where the gateway sent the browser, and tap, or type the voucher.

        Returns:
            Where the browser was sent, or the page that says why it was not.

        Raises:
            PortalFault: No usable answer came, or there is no such form on the page.
        """
        first = await self.open(address)
        if isinstance(first, SentBack) or first.status != httpx.codes.OK:
            return first
        form = first.page.tap if voucher is None else first.page.voucher
        if form is None:
            raise PortalFault(f"no form for a {'voucher' if voucher else 'tap'} on the page {first.page.title!r}")
        return await self._follow("POST", urljoin(address, form.action), _filled(form, voucher))

    async def _follow(self, method: str, address: str, form: dict[str, str] | None) -> SentBack | Shown:
        for _ in range(_MOST_REDIRECTS):
            if not address.startswith(f"{self._base}/"):
                return SentBack(address)
            answer = await self._send(method, address, form)
            location = answer.headers.get("location")
            if answer.status_code not in _REDIRECTS or location is None:
                return Shown(answer.status_code, read_page(answer.text))
            method, form, address = "GET", None, urljoin(address, location)
        raise PortalFault("redirects that do not end")

    async def _send(self, method: str, address: str, form: dict[str, str] | None) -> httpx.Response:
        try:
            answer = await self._client.request(method, address, data=form)
        except httpx.TransportError as error:
            raise PortalFault(f"no answer: {type(error).__name__}") from error
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise PortalFault(f"status {answer.status_code}")
        return answer


def _filled(form: Form, voucher: str | None) -> dict[str, str]:
    return form.fields if voucher is None else form.fields | {form.typed[0]: voucher}
