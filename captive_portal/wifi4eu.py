"""WiFi4EU's snippet: what the Commission's collector measures a network of that scheme by.

It loads a script from the collector, so it stands on the login page of such a hotspot and on no other; the script
waits for nothing and nothing waits for it, so that a collector that is down keeps nobody from going online.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from captive_portal import security
from hotspots.public_pages.ways_in import WIFI4EU_COLLECTOR

_ORIGIN: Final = f"https://{WIFI4EU_COLLECTOR}"
_LANGUAGES: Final = ("pl", "en", "de")
"""Of ours, those that are official in the Union."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """``inline`` is the first script of the head, ``source`` the address of the second."""

    inline: Markup
    source: str = f"{_ORIGIN}/wifi4eu.min.js"


def snippet(network: str, language: str) -> Snippet:
    """The snippet for a network, and the exception for it in the Content-Security-Policy of this answer alone."""
    spoken = language if language in _LANGUAGES else "en"
    inline = (
        f"var wifi4euTimerStart = Date.now();var wifi4euNetworkIdentifier = {json.dumps(network)};"
        f"var wifi4euLanguage = {json.dumps(spoken)};"
    )
    digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
    security.allow("script-src", f"'sha256-{digest}'", _ORIGIN)
    security.allow("img-src", _ORIGIN)
    security.allow("connect-src", _ORIGIN)
    # An identifier that the inventory holds to the form of a UUID, and a language of ours: no mark-up can be in it.
    return Snippet(Markup(inline))  # noqa: S704
