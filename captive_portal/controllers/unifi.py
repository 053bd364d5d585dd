"""The Integration API of UniFi Network (9.1.105 and later): finding a visitor, letting in and out, what they used.

Sources: Ubiquiti, "External Hotspot API for Authorization" (help.ui.com 31228198640023), and the API's own description
(Control Plane, Integrations). There "rx" is the download of the visitor and "tx" the upload.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

from captive_portal.controllers import pinned
from captive_portal.controllers.errors import ControllerError
from hotspots import mac
from hotspots.policy import Limits

_API: Final = "/proxy/network/integration/v1"
_PAGE: Final = 200
_NUMBER: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_MEGABYTE: Final = 1 << 20
_MOST: Final[Mapping[str, tuple[int, int]]] = {
    "timeLimitMinutes": (1, 1_000_000),
    "dataUsageLimitMBytes": (1, 1_048_576),
    "rxRateLimitKbps": (2, 100_000),
    "txRateLimitKbps": (2, 100_000),
}


@dataclass(frozen=True, slots=True)
class Guest:
    """A device that a site sees: its number there, whether it is let in, and what it has used since."""

    number: str
    device: str
    is_guest: bool
    authorized: bool
    seconds: int = 0
    octets_up: int = 0
    octets_down: int = 0


def action(limits: Limits) -> dict[str, object]:
    """What lets a guest in with these limits: minutes rounded up, data and rates down, each within what it takes."""
    wanted = {
        "timeLimitMinutes": None if limits.session_seconds is None else -(-limits.session_seconds // 60),
        "dataUsageLimitMBytes": None if limits.total_octets is None else limits.total_octets // _MEGABYTE,
        "rxRateLimitKbps": None if limits.rate_down_bps is None else limits.rate_down_bps // 1000,
        "txRateLimitKbps": None if limits.rate_up_bps is None else limits.rate_up_bps // 1000,
    }
    within = {name: _within(value, *_MOST[name]) for name, value in wanted.items() if value is not None}
    # Without a time of ours it would take a default of its own.
    return {"action": "AUTHORIZE_GUEST_ACCESS", "timeLimitMinutes": _MOST["timeLimitMinutes"][1], **within}


def _within(value: int, least: int, most: int) -> int:
    return max(least, min(most, value))


class UniFi:
    """One controller; connections are kept. Any thread may ask."""

    def __init__(self, url: str, key: str, certificate_sha256: str | None) -> None:
        """Raises :class:`ControllerError` where it cannot be reached, or has another certificate."""
        self._url = url
        headers = {"X-API-KEY": key, "Accept": "application/json"}
        self._http = pinned.client(f"{url.rstrip('/')}{_API}", certificate_sha256, headers)
        self._sites: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"UniFi({self._url})"

    def find(self, site: str, device: str) -> Guest | None:
        """The guest with this MAC address on this site; None where the site does not see it."""
        found = self._ask("GET", f"{self._site(site)}/clients", params={"filter": f"macAddress.eq('{device}')"})
        for each in _rows(found):
            guest = _guest(each)
            if guest is not None and guest.device == device:
                return guest
        return None

    def look(self, site: str, number: str) -> Guest | None:
        """What a site says of a guest now; None where it is not there any more."""
        found = self._ask("GET", f"{self._site(site)}/clients/{quote(number, safe='')}", missing=None)
        return None if found is None else _guest(found)

    def let_in(self, site: str, number: str, limits: Limits) -> None:
        """Let a guest in."""
        self._ask("POST", f"{self._site(site)}/clients/{quote(number, safe='')}/actions", json=action(limits))

    def let_out(self, site: str, number: str) -> None:
        """End what a guest was given; nothing happens where the guest has gone."""
        body = {"action": "UNAUTHORIZE_GUEST_ACCESS"}
        self._ask("POST", f"{self._site(site)}/clients/{quote(number, safe='')}/actions", json=body, missing=None)

    def _site(self, name: str) -> str:
        if name not in self._sites:
            self._sites = {str(each["internalReference"]): str(each["id"]) for each in self._all_sites()}
        number = self._sites.get(name)
        if number is None or not _NUMBER.fullmatch(number):
            raise ControllerError(
                f"the controller at {self._url} has no site {name}", "correct it in the inventory"
            )
        return f"/sites/{number}"

    def _all_sites(self) -> list[Mapping[str, Any]]:
        rows = _rows(self._ask("GET", "/sites", params={"limit": _PAGE}))
        return [each for each in rows if "internalReference" in each and "id" in each]

    def _ask(self, method: str, path: str, missing: object = ..., **given: Any) -> Any:
        try:
            response = self._http.request(method, path, **given)
            if response.status_code == httpx.codes.NOT_FOUND and missing is not ...:
                return missing
            response.raise_for_status()
            return response.json() if response.content else {}
        except (httpx.HTTPError, ValueError) as error:
            raise ControllerError(f"the controller at {self._url} does not do {method} {path}: {error}") from error


def _rows(document: Any) -> list[Mapping[str, Any]]:
    rows = document.get("data", []) if isinstance(document, dict) else []
    return [row for row in rows if isinstance(row, dict)]


def _guest(row: Mapping[str, Any]) -> Guest | None:
    device, number = mac.normalise(str(row.get("macAddress", ""))), str(row.get("id", ""))
    if device is None or not _NUMBER.fullmatch(number):
        return None
    access = _part(row, "access")
    used = _part(_part(access, "authorization"), "usage")
    return Guest(
        number,
        device,
        access.get("type") == "GUEST",
        access.get("authorized") is True,
        _count(used, "durationSec"),
        _count(used, "txBytes"),
        _count(used, "rxBytes"),
    )


def _part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def _count(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name)
    return max(0, value) if isinstance(value, int) else 0
