"""Ruckus SmartZone for tests, as far as its hotspot (WISPr) goes; one device is behind it.

By CommScope's guide (800-73417) and what other portals have logged of a virtual SmartZone: who is not logged in is
redirected with ``nbiIP`` and the rest, the device and its address encrypted; ``/portalintf`` takes JSON by POST and
answers it with status 200 and a ``ResponseCode``, whatever became of it. A login is waited for: RADIUS is asked with
real packets, and its Reply-Message stands in the place of "Login failed". The device has to be named as in the
redirect. What it does where no source says: ``Logout`` is followed by a Stop, and what it has not encrypted is a bad
request.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from tests.captive_portal.fake_form_gateways import FormGateway
from tests.captive_portal.router_radius import ACCESS_REJECT, RouterRadius
from tests.captive_portal.web_server import INTERNET, Answer
from tests.radius.gateway import Pair

WORDS = {
    100: "Client unauthorized",
    101: "Client authorized",
    200: "OK",
    201: "Login succeeded",
    202: "Authentication pending",
    300: "Not found",
    301: "Login failed",
    302: "Bad request",
    303: "Version not supported",
    304: "Command not supported",
    305: "Category not supported",
    306: "Wrong request password",
    400: "Internal server error",
    401: "Authentication server error",
}
Said = tuple[int, dict[str, str]]


class FakeSmartZone(FormGateway):
    """``nbi`` is what its redirects name as the controller; ``pending`` is how often a login is not decided yet.

    ``tells_radius`` is the device that RADIUS is told of, where that is another than its redirect named.
    """

    nbi = "10.20.0.3"
    interface_user: str | None = None
    interface_password = "password of the interface"
    encrypts = True
    connected = True
    broken = False
    pending = 0
    tells_radius: str | None = None

    def __init__(self, page: str, nas_identifier: str, radius: RouterRadius) -> None:
        super().__init__(page, nas_identifier, radius)
        self.asked: list[str] = []
        self._encrypted: dict[str, str] = {}

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path != "/portalintf":
            return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())
        if self.broken:
            return Answer("<h1>Bad Gateway</h1>", status=502)
        self.asked.append(form.get("RequestType", ""))
        code, more = self._said(form)
        words = {"Vendor": "Ruckus", "APIVersion": "1.0", "ReplyMessage": WORDS[code]}
        return Answer(json.dumps({**words, "ResponseCode": code, **more}), content_type="application/json")

    def _said(self, form: Mapping[str, str]) -> Said:
        requests: dict[str, dict[str, Callable[[Mapping[str, str]], Said]]] = {
            "GetConfig": {"Decrypt": self._decrypt},
            "UserOnlineControl": {"Login": self._login, "Status": self._status, "Logout": self._logout},
        }
        category = requests.get(form.get("RequestCategory", ""), {})
        request = category.get(form.get("RequestType", ""))
        wrong = self._wrong(form)
        if wrong is not None or request is None:
            return wrong or (304 if category else 305), {}
        return request(form)

    def _wrong(self, form: Mapping[str, str]) -> int | None:
        of_a_visitor = form.get("RequestCategory") == "UserOnlineControl"
        if form.get("Vendor", "").lower() != "ruckus" or (of_a_visitor and "UE-MAC" not in form):
            return 302
        if form.get("APIVersion") != "1.0":
            return 303
        if (form.get("RequestUserName"), form.get("RequestPassword")) != (
            self.interface_user,
            self.interface_password,
        ):
            return 306
        seen = self.connected and form.get("UE-MAC") == self._written(self.device)
        return 300 if of_a_visitor and not seen else None

    def _decrypt(self, form: Mapping[str, str]) -> Said:
        clear = next((clear for clear, text in self._encrypted.items() if text == form.get("Data")), None)
        return (302, {}) if clear is None else (200, {"Data": clear})

    def _login(self, form: Mapping[str, str]) -> Said:
        if self.granted is not None:
            return 101, {}
        if not {"UE-Username", "UE-Password"} <= form.keys():
            return 302, {}
        if self.log_in(form["UE-Username"], form["UE-Password"]):
            return (202 if self.pending else 201), {}
        reply = self.radius.replies[-1]
        if reply.code != ACCESS_REJECT:
            return 401, {}
        return 301, {"ReplyMessage": reply.message} if reply.message else {}

    def _status(self, _form: Mapping[str, str]) -> Said:
        self.pending = max(0, self.pending - 1)
        return (202 if self.pending else 100 if self.granted is None else 101), {}

    def _logout(self, _form: Mapping[str, str]) -> Said:
        if self.granted is None:
            return 100, {}
        self.log_out()
        return 200, {}

    def _redirect(self) -> str:
        said = {
            "nbiIP": self.nbi,
            "client_mac": self._written(self.device),
            "reason": "Un-Auth-Captive",
            "wlanName": "Powiat",
            "ssid": "Powiat",
            "mac": "00:33:58:16:ef:20",
            "url": "http://example.com/",
            "proxy": "0",
            "vlan": "1",
            "wlan": "1",
            "sip": "scg.ruckuswireless.com",
            "zoneName": "Powiat",
            "uip": self._written(self.ip),
            "StartURL": "",
        }
        return f"{self.page}?{urlencode(said)}"

    def _written(self, address: str) -> str:
        """An address as redirects have it: the same each time."""
        return self._encrypted.setdefault(address, f"ENC{secrets.token_hex(24)}") if self.encrypts else address

    def _named(self) -> list[Pair]:
        named = super()._named()
        if self.tells_radius is None:
            return named
        return [(31, self.tells_radius.replace(":", "-").encode()), *(pair for pair in named if pair[0] != 31)]
