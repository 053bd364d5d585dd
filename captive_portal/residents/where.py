"""Where there are hotspots, which of them work now and how well they did: a list, and a map that says nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response, request
from flask_babel import lazy_gettext

from captive_portal.gateways.addresses import PLAIN_ADDRESS
from captive_portal.residents import about, hotspot_map, pages, quality
from captive_portal.residents.hotspot_map import Point
from captive_portal.residents.scanned import scanned
from captive_portal.services import services
from hotspots.access_points.liveness import Liveness
from hotspots.models import Authority, Hotspot
from hotspots.public_pages import authorities, place_states
from hotspots.public_pages.place_quality import PlaceQuality
from hotspots.public_pages.place_states import PlaceState

_STATES: Final = {
    Liveness.WORKS: lazy_gettext("Works now"),
    Liveness.QUIET: lazy_gettext("Should work; nobody is online there just now"),
    Liveness.SILENT: lazy_gettext("Probably out of order"),
    Liveness.NEVER: lazy_gettext("Not in service yet"),
}
_ORDER: Final = (Liveness.WORKS, Liveness.QUIET, Liveness.SILENT, Liveness.NEVER)


@dataclass(frozen=True, slots=True)
class Listed:
    """A hotspot in the list: its state as a word for programs and as a sentence for people."""

    hotspot: Hotspot
    liveness: Liveness
    measured: PlaceQuality | None

    @property
    def sentence(self) -> str:
        """The state in the reader's language."""
        return str(_STATES[self.liveness])

    @property
    def quality(self) -> str:
        """What was measured in the last week, in words; empty where nothing was."""
        return quality.sentence(self.measured)

    @property
    def way_there(self) -> str:
        """The place for the map on the reader's own device (RFC 5870), with its name as most of them take it."""
        return f"geo:{self.hotspot.latitude:.6f},{self.hotspot.longitude:.6f}"

    @property
    def on_openstreetmap(self) -> str:
        """The place on a public map, for devices without one of their own."""
        at = f"{self.hotspot.latitude:.6f}", f"{self.hotspot.longitude:.6f}"
        return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"


def index() -> Response:
    """For somebody who came without a gateway: how to get online, and where; or what their voucher is for."""
    voucher = request.args.get("voucher")
    if voucher is not None:
        return scanned(voucher, PLAIN_ADDRESS)
    here, now = services(), services().clock()
    with here.database.read() as db:
        states = place_states.states(db, now)
    week = here.weeks.week(now)
    everybody = authorities.with_hotspots(here.database)
    lists = [(each, _listed(each, states, week.hotspots)) for each in everybody if each.hotspots]
    every = [entry for _, entries in lists for entry in entries]
    return pages.page(
        "residents/index.html",
        arrival=about.carried(),
        start=PLAIN_ADDRESS,
        lists=lists,
        map=hotspot_map.draw(_points(lists)),
        working=sum(entry.liveness is Liveness.WORKS for entry in every),
        count=len(every),
        week=week if any(entry.quality for entry in every) else None,
    )


def _listed(
    authority: Authority, states: Mapping[int, PlaceState], measured: Mapping[int, PlaceQuality]
) -> list[Listed]:
    entries = [
        Listed(each, states.get(each.id, PlaceState()).liveness, measured.get(each.id))
        for each in authority.hotspots
    ]
    return sorted(entries, key=lambda entry: _ORDER.index(entry.liveness))


def _points(lists: Sequence[tuple[Authority, Sequence[Listed]]]) -> list[Point]:
    return [
        Point(number, entry.hotspot.latitude, entry.hotspot.longitude, entry.liveness.value)
        for number, (_, entries) in enumerate(lists, start=1)
        for entry in reversed(entries)  # what works is drawn last, above its neighbours
    ]
