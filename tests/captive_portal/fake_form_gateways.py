"""Gateways for tests, as far as a login by form goes: redirect, form, logout, with RADIUS packets behind it.

Aruba: who is not logged in is redirected with ``cmd=login`` and the rest; ``/cgi-bin/login`` takes ``cmd=authenticate``
with user, password and url. Cisco: ``/login.html`` looks at a form only with ``buttonClicked=4``; where a login was not
made it redirects to the external page again, with a ``statusCode``. Cambium: ``/cgi-bin/hotspot_login.cgi`` wants all
that it sent in the address of the form; what RADIUS refused comes with ``ga_error_code``. Ruckus: ``/login`` wants
the address of the visitor. FortiGate: ``/fgtauth`` knows the visitor by ``magic``, which changes with each redirect.
Meraki: its cloud, under its own name, knows the visitor by what stands in ``login_url``. Where the last three send
somebody who is in is a setting of theirs, but for Meraki. One device is behind each, as with the other fakes.
"""

from __future__ import annotations

import ipaddress
import secrets
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import parse_qsl, quote, urlsplit

from tests.captive_portal import web_server
from tests.captive_portal.router_radius import START, STOP, USER_REQUEST, Reply, RouterRadius
from tests.captive_portal.web_server import INTERNET, Answer
from tests.radius.gateway import Pair, number

_OUT = "<!DOCTYPE html><html lang=en><title>Out</title><h1>User logged out</h1></html>"


class FormGateway:
    """What both have in common; ``page`` is the external page that is configured, ``base`` where it serves."""

    def __init__(self, page: str, nas_identifier: str, radius: RouterRadius) -> None:
        self.page = page
        self.nas_identifier = nas_identifier
        self.radius = radius
        self.device = "02:11:22:33:44:55"
        self.ip = "10.20.4.17"
        self.base = ""
        self.session_id = secrets.token_hex(4)
        self.user_name = ""
        self.granted: Reply | None = None
        self.since = 0.0

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        """What a browser gets that asks for this path with these parameters."""
        raise NotImplementedError

    def log_in(self, user_name: str, password: str) -> bool:
        reply = self.radius.pap(user_name, password, *self._named(), (6, number(1)), (61, number(19)))
        if reply.accepts:
            self.granted, self.user_name, self.since = reply, user_name, time.monotonic()
            self._account(START)
        return reply.accepts

    def log_out(self) -> None:
        if self.granted is not None:
            self._account(STOP, (46, number(int(time.monotonic() - self.since))), (49, number(USER_REQUEST)))
        self.granted, self.session_id = None, secrets.token_hex(4)

    def _account(self, status: int, *more: Pair) -> None:
        assert self.granted is not None
        told = ((1, self.user_name.encode()), *self._named(), *self.granted.classes, *more)
        assert self.radius.account(status, *told).code == 5, "accounting was not answered"

    def _named(self) -> list[Pair]:
        return [
            (31, self.device.replace(":", "-").encode()),
            (44, self.session_id.encode()),
            (8, ipaddress.ip_address(self.ip).packed),
            (32, self.nas_identifier.encode()),
            (4, ipaddress.ip_address(self.radius.address).packed),
        ]

    @contextmanager
    def listening(self, tls: ssl.SSLContext | None) -> Iterator[str]:
        """Serve on a free port of 127.0.0.1, which becomes :attr:`base`; gives the address of "any" page."""
        with web_server.serving(self._answer, tls) as port:
            self.base = f"{'http' if tls is None else 'https'}://127.0.0.1:{port}"
            yield f"{self.base}/any"

    def _answer(self, url: str, form: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        return self.answer(parts.path, {**dict(parse_qsl(parts.query)), **form})


class FakeAruba(FormGateway):
    """An Instant access point that puts its own address into ``switchip``."""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/cgi-bin/login" and form.get("cmd") == "logout":
            self.log_out()
            return Answer(_OUT)
        if path == "/cgi-bin/login" and form.get("cmd") == "authenticate":
            if self.granted is not None or self.log_in(form.get("user", ""), form.get("password", "")):
                return Answer(location=form.get("url") or f"{self.base}/any")
            return Answer(location=self._redirect("&errmsg=Authentication%20failed"))
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self, more: str = "") -> str:
        host = urlsplit(self.base).netloc
        return (
            f"{self.page}?cmd=login&mac={self.device}&essid=Powiat&ip={self.ip}&apname=ap&apmac=b4:5d:50:ca:81:ea"
            f"&vcname=vc&switchip={host}&url={quote('http://example.com/', safe='')}{more}"
        )


class FakeCisco(FormGateway):
    """A controller with an external web authentication page."""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/login.html" and form.get("buttonClicked") == "4":
            if self.granted is not None:
                return Answer(location=self._redirect("&statusCode=1"))
            if self.log_in(form.get("username", ""), form.get("password", "")):
                return Answer(location=form["redirect_url"])
            return Answer(location=self._redirect("&statusCode=5"))
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self, more: str = "") -> str:
        return (
            f"{self.page}?switch_url={self.base}/login.html&ap_mac=b8:be:bf:14:41:90&client_mac={self.device}"
            f"&wlan=Powiat&redirect=example.com/{more}"
        )


class FakeCambium(FormGateway):
    """A cnPilot; ``after`` is its setting "Redirect user to external URL"."""

    after = ""
    opaque = "eUROBR86HBgAGDEEVgQAGw4UWRUCACYVMgFPTFRZWFpfU1FGUVdFIn5ZRVZLBhMUMww."

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/cgi-bin/hotspot_login.cgi":
            assert form["ga_Qv"] == self.opaque, "truncated query strings, failed to handle the http request"
            if self.granted is not None or self.log_in(form["ga_user"], form["ga_pass"]):
                return Answer(location=self.after)
            return Answer(location=self._redirect("&ga_error_code=reject"))
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self, more: str = "") -> str:
        host = urlsplit(self.base).hostname
        return (
            f"{self.page}?ga_ssid=Powiat&ga_ap_mac=BC-E6-7C-49-5E-A0&ga_nas_id={self.nas_identifier}&ga_srvr={host}"
            f"&ga_cmac={self.device.replace(':', '-').upper()}&ga_cip={self.ip}&ga_Qv={quote(self.opaque, safe='')}"
            f"&ga_orig_url={quote('http://example.com/', safe='')}{more}"
        )


class FakeRuckus(FormGateway):
    """A ZoneDirector; ``after`` is its start page."""

    after = ""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if path == "/logout":
            self.log_out()
            return Answer(_OUT)
        if path == "/login" and form.get("ip") == self.ip and self.log_in(form["username"], form["password"]):
            return Answer(location=self.after)
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self) -> str:
        host = urlsplit(self.base).hostname
        return (
            f"{self.page}?sip={host}&mac=2c5d93000001&lid=&uip={self.ip}&dn=&client_mac={self.device.replace(':', '')}"
            f"&ssid=Powiat&url={quote('http://example.com/', safe='')}"
        )


class FakeFortinet(FormGateway):
    """A FortiGate; ``after`` is its ``security-redirect-url``."""

    after = ""
    magic = ""

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        if (
            path == "/fgtauth"
            and form.get("magic") == self.magic
            and self.log_in(form["username"], form["password"])
        ):
            return Answer(location=self.after)
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self) -> str:
        self.magic = secrets.token_hex(8)
        return (
            f"{self.page}?login&post={self.base}/fgtauth&magic={self.magic}&usermac={self.device}"
            f"&apmac=00:11:22:33:44:55&apip=192.168.1.99&userip={self.ip}&ssid=Powiat&apname=ap&bssid=66:77:88:99:aa:bb"
        )


class FakeMeraki(FormGateway):
    """An access point and the cloud in one; ``cloud`` is the name under which browsers reach it."""

    cloud = "n143.network-auth.com"

    def answer(self, path: str, form: Mapping[str, str]) -> Answer:
        asked = path == "/splash/login" and form.get("mauth") == self.session_id
        if asked and self.log_in(form["username"], form["password"]):
            logout = quote(f"https://{self.cloud}/splash/logout", safe="")
            return Answer(location=f"{form['success_url']}&logout_url={logout}")
        return Answer(INTERNET) if self.granted is not None else Answer(location=self._redirect())

    def _redirect(self) -> str:
        port = urlsplit(self.base).port
        login = f"https://{self.cloud}:{port}/splash/login?mauth={self.session_id}&continue_url=http%3A%2F%2Fexample.com%2F"
        return (
            f"{self.page}?login_url={quote(login, safe='')}&continue_url=http%3A%2F%2Fexample.com%2F"
            f"&ap_mac=88%3A15%3A44%3A60%3A1c%3A1a&ap_name=ap&ap_tags=Powiat&client_mac={quote(self.device)}"
            f"&client_ip={self.ip}"
        )
