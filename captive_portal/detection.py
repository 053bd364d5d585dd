"""The addresses by which operating systems find out whether they are behind a portal.

A gateway that answers names itself sends them straight to us, under the names of others. A redirect is the answer
that opens the login window; none of them may ever be answered as if the device were online.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from captive_portal.services import services

PROBES: Final[Mapping[tuple[str, str], str]] = {
    ("captive.apple.com", "/"): "iOS, macOS",
    ("captive.apple.com", "/hotspot-detect.html"): "iOS, macOS",
    ("www.apple.com", "/library/test/success.html"): "iOS, macOS",
    ("connectivitycheck.gstatic.com", "/generate_204"): "Android",
    ("connectivitycheck.android.com", "/generate_204"): "Android",
    ("clients3.google.com", "/generate_204"): "Android, ChromeOS",
    ("www.google.com", "/gen_204"): "Android, ChromeOS",
    ("www.msftconnecttest.com", "/connecttest.txt"): "Windows",
    ("www.msftconnecttest.com", "/redirect"): "Windows",
    ("www.msftncsi.com", "/ncsi.txt"): "Windows",
    ("detectportal.firefox.com", "/canonical.html"): "Firefox",
    ("detectportal.firefox.com", "/success.txt"): "Firefox",
    ("spectrum.s3.amazonaws.com", "/kindle-wifi/wifistub.html"): "Kindle",
    ("nmcheck.gnome.org", "/check_network_status.txt"): "GNOME",
    ("connectivity-check.ubuntu.com", "/"): "Ubuntu",
}
_HOSTS: Final = frozenset(host for host, _ in PROBES)


def is_probe(host: str) -> bool:
    """Whether nobody but an operating system goes to this host; the two that people use as well are not."""
    return host in _HOSTS - {"www.apple.com", "www.google.com"}


def install(app: Flask) -> None:
    """Answer them before anything else is looked at."""
    app.before_request(_answer)


def _answer() -> Response | None:
    if (request.host.partition(":")[0].lower(), request.path) not in PROBES:
        return None
    return redirect(f"{services().settings.portal_base_url}/", 302)
