"""TP-Link's Omada controller for tests, as far as its external web portal with RADIUS goes; one device is behind it.

By TP-Link's description and what other portals have measured on a software controller 5.15: who is not logged in is
redirected with all that names them; ``/portal/radius/browserauth`` takes a form with all of that and ``authType=2``,
and answers 400 where a part is missing. Whoever RADIUS accepts is sent to ``originUrl``; who is refused gets status
200 with JSON. RADIUS is asked for the device that the form names, whoever sends it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from tests.captive_portal.fake_form_gateways import FormGateway
from tests.captive_portal.web_server import INTERNET, Answer

REFUSED = -41529
_LOGIN = ("originUrl", "username", "password")


class FakeOmada(FormGateway):
    """A controller whose portal has the landing page "The Original URL"."""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/portal/radius/browserauth":
            return self._authenticated(form)
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _authenticated(self, form: Mapping[str, str]) -> Answer:
        if form.get("authType") != "2" or any(name not in form for name in (*self._visitor(), *_LOGIN)):
            return Answer("<!DOCTYPE html><h1>Bad Request</h1>", status=400)
        assert {name: form[name] for name in self._visitor()} == self._visitor(), "not what the redirect said"
        if self.log_in(form["username"], form["password"]):
            return Answer(location=form["originUrl"])
        refusal = {"errorCode": REFUSED, "msg": "RADIUS authentication failed."}
        return Answer(json.dumps(refusal), content_type="application/json")

    def _visitor(self) -> dict[str, str]:
        return {
            "clientMac": self.device.replace(":", "-").upper(),
            "clientIp": self.ip,
            "apMac": "B8-FB-B3-5D-64-3E",
            "gatewayMac": "",
            "ssidName": "Powiat",
            "vid": "",
            "radioId": "1",
        }

    def _redirect(self) -> str:
        at = urlsplit(self.base)
        controller = {"target": at.hostname, "targetPort": at.port, "scheme": at.scheme}
        return f"{self.page}?{urlencode({**controller, **self._visitor(), 'originUrl': 'http://example.com/'})}"
