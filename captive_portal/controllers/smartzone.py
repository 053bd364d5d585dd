"""The northbound portal interface of Ruckus SmartZone: whose device a redirect names, letting in, letting out.

Sources. CommScope, "RUCKUS One WISPr API" (800-73417): the request, the names of the visitor as the redirect had them,
``Login`` waiting until RADIUS has answered, its Reply-Message in the place of "Login failed", all response codes, and
``GetConfig``/``Decrypt`` with ``Data``. Ruckus, "Hotspot WISPr Reference Guide for SmartZone" (3.4.1, 3.5): that
``Decrypt`` and ``Encrypt`` are SmartZone's as well. PacketFence (``pf::Switch::Ruckus::SmartZone``): port 9443, vendor
``ruckus``, ``RequestUserName`` only where the controller has several of them, ``Logout``, which leaves the device in
the Wi-Fi, as ``Disconnect`` does not. Portals that call ``Encrypt`` read its answer from ``Data``; ``Decrypt`` is taken
to answer so, too. No source says how a text is refused that it cannot decrypt, nor whether a Stop follows a ``Logout``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from captive_portal.controllers import pinned
from captive_portal.controllers.errors import ControllerError
from captive_portal.gateways.smartzone import Named

PORT: Final = 9443
_PATH: Final = "/portalintf"
_PATIENCE_SECONDS: Final = 10.0
_AT_ONCE: Final = 2
"""So many threads of a process may wait for one controller: one that hangs must not hold up the pages of all others."""
_TURN_SECONDS: Final = 1.0
_LOOKS: Final = 10
_BETWEEN_LOOKS_SECONDS: Final = 0.5


class Code(IntEnum):
    """What it answers. Whatever is not here says that it could not do as it was asked."""

    UNAUTHORIZED = 100
    AUTHORIZED = 101
    OK = 200
    LOGGED_IN = 201
    PENDING = 202
    NOT_FOUND = 300
    LOGIN_FAILED = 301
    BAD_REQUEST = 302
    WRONG_PASSWORD = 306
    INTERNAL_ERROR = 400


_OF_THE_VISITOR: Final = frozenset(code for code in Code if code <= Code.LOGIN_FAILED)
_NOT_DECRYPTED: Final = frozenset({Code.NOT_FOUND, Code.BAD_REQUEST, Code.INTERNAL_ERROR})


@dataclass(frozen=True, slots=True)
class Answer:
    """A response code, its words (those of RADIUS where that refused), and what was asked for of the configuration."""

    code: int
    message: str
    data: str


class SmartZone:
    """One controller; connections are kept, and opened when first needed. Any thread may ask."""

    def __init__(self, url: str, user_name: str | None, password: str, certificate_sha256: str | None) -> None:
        self._url = url if urlsplit(url).port is not None else f"{url}:{PORT}"
        self._certificate_sha256 = certificate_sha256
        self._said_always = {"Vendor": "ruckus", "APIVersion": "1.0", "RequestPassword": password}
        if user_name is not None:
            self._said_always["RequestUserName"] = user_name
        self._http: httpx.Client | None = None
        self._turn = threading.BoundedSemaphore(_AT_ONCE)

    def __repr__(self) -> str:
        return f"SmartZone({self._url})"

    def decrypt(self, text: str) -> str | None:
        """The address that a redirect named encrypted; None where this controller has not encrypted it.

        Raises:
            ControllerError: It does not answer, or not as it should.
        """
        answer = self._ask("GetConfig", "Decrypt", {"Data": text}, _NOT_DECRYPTED | {Code.OK})
        return answer.data if answer.code == Code.OK else None

    def log_in(self, visitor: Named, user_name: str, password: str) -> Answer:
        """Have it ask RADIUS whether this visitor may go online; returns when that is decided.

        Raises:
            ControllerError: It does not answer, or not as it should; RADIUS did not answer it.
        """
        login = {"UE-Username": user_name, "UE-Password": password}
        answer = self._ask("UserOnlineControl", "Login", _fields(visitor) | login)
        if answer.code != Code.PENDING:
            return answer
        for _ in range(_LOOKS):
            time.sleep(_BETWEEN_LOOKS_SECONDS)
            answer = self._ask("UserOnlineControl", "Status", _fields(visitor))
            if answer.code == Code.AUTHORIZED:
                return replace(answer, code=Code.LOGGED_IN)
            if answer.code != Code.PENDING:
                return answer
        raise ControllerError(f"the controller at {self._url} does not come to the end of a login")

    def log_out(self, visitor: Named) -> None:
        """End what this visitor was given; nothing happens where they are not online.

        Raises:
            ControllerError: It does not answer, or not as it should.
        """
        self._ask("UserOnlineControl", "Logout", _fields(visitor))

    def _ask(
        self, category: str, kind: str, fields: Mapping[str, str], expected: frozenset[Code] = _OF_THE_VISITOR
    ) -> Answer:
        request = {**self._said_always, "RequestCategory": category, "RequestType": kind, **fields}
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            raise ControllerError(f"the controller at {self._url} has not answered others yet")
        try:
            response = self._client().post(_PATH, json=request)
            response.raise_for_status()
            answer = _answer(response.json())
        except (httpx.HTTPError, ValueError) as error:
            raise ControllerError(f"the controller at {self._url} does not do {kind}: {error}") from error
        finally:
            self._turn.release()
        if answer.code not in expected:
            hint = "add it again, with its password" if answer.code == Code.WRONG_PASSWORD else ""
            raise ControllerError(f"the controller at {self._url} refuses {kind}: {answer.code}", hint)
        return answer

    def _client(self) -> httpx.Client:
        if self._http is None:
            headers = {"Accept": "application/json"}
            self._http = pinned.client(self._url, self._certificate_sha256, headers, _PATIENCE_SECONDS)
        return self._http


def _fields(visitor: Named) -> dict[str, str]:
    address = {"UE-IP": visitor.uip} if visitor.uip else {}
    return {"UE-MAC": visitor.client_mac, **address, "UE-Proxy": visitor.proxy}


def _answer(document: Any) -> Answer:
    if not isinstance(document, dict):
        raise ValueError("its answer is no object")  # noqa: TRY004 - as what json() raises for what is none at all
    code, message, data = (str(document.get(name, "")) for name in ("ResponseCode", "ReplyMessage", "Data"))
    return Answer(int(code), message, data)
