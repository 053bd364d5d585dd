"""What is asked of controllers from time to time: to end sessions, and what each visitor used."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from captive_portal.controllers.errors import ControllerError
from captive_portal.controllers.known import controller
from captive_portal.controllers.unifi import Guest, UniFi
from hotspots import keys, models
from hotspots.database import Database
from hotspots.logins.tickets import TicketDesk
from hotspots.processes.scheduler import Job
from hotspots.recorder import errand, local_socket
from hotspots.sessions import pass_orders
from hotspots.sessions.accounting import LOST, Report, Status
from hotspots.sessions.passes import Pass, PassDesk
from hotspots.settings import Settings

GATEWAY: Final = "unifi"
ASKED_EVERY_SECONDS: Final = 60
ENDED_EVERY_SECONDS: Final = 5
_MOST_ORDERS: Final = 50

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Place:
    """An access point whose visitors a controller lets in."""

    access_point_id: int
    controller: str | None
    site: str


class Rounds:
    """Asks all controllers; one that does not answer holds up nobody but itself, and is asked again next time."""

    def __init__(self, recorder: Path, passes: Callable[[Database], PassDesk]) -> None:
        self._recorder = recorder
        self._passes = passes

    def ask_usage(self, database: Database, now: datetime) -> int:
        """Write down what those who are online have used, and who is gone; returns how many sessions were told of."""
        desk, told = self._passes(database), 0
        for name, places in _by_controller(database).items():
            online = [(place, each) for place in places for each in desk.online(place.access_point_id)]
            told += self._tell(database, name, online, now)
        return told

    def end_sessions(self, database: Database, now: datetime) -> int:
        """Carry out the orders to end sessions, and write down what the controller says of them then."""
        places = {place.access_point_id: place for group in _by_controller(database).values() for place in group}
        if not places:
            return 0
        with database.write() as db:
            leaving = pass_orders.claim(db, places.keys(), now, _MOST_ORDERS)
        desk, told = self._passes(database), 0
        for each in leaving:
            place = places[each.access_point_id]
            try:
                controller(database, place.controller).let_out(place.site, each.handle)
            except ControllerError as error:
                _log.warning("a session is not ended yet: %s", error)
                continue
            passes = desk.by_handles(each.access_point_id, [each.handle])
            ended = [(place, one) for one in passes[-1:]]
            told += self._tell(database, place.controller, ended, now, "Admin-Reset")
        return told

    def _tell(
        self,
        database: Database,
        name: str | None,
        online: Sequence[tuple[_Place, Pass]],
        now: datetime,
        ended_by: str = "Session-Timeout",
    ) -> int:
        if not online:
            return 0
        reports: list[Report] = []
        try:
            asked = controller(database, name)
            reports += (_report(asked, place, each, now, ended_by) for place, each in online)
        except ControllerError as error:
            _log.warning("the usage of %d sessions is not known: %s", len(online) - len(reports), error)
        errand.keep(self._recorder, reports)
        return len(reports)


def jobs(settings: Settings) -> tuple[Job, ...]:
    """What the scheduler runs for the portal."""
    tickets = TicketDesk(keys.derive(settings.secret_key, keys.TICKETS))
    class_key = keys.derive(settings.secret_key, keys.CLASS_ATTRIBUTE)
    rounds = Rounds(settings.data_dir / local_socket.NAME, lambda database: PassDesk(database, tickets, class_key))
    return (
        Job("ask_controllers", ASKED_EVERY_SECONDS, rounds.ask_usage),
        Job("end_sessions_at_controllers", ENDED_EVERY_SECONDS, rounds.end_sessions),
    )


def _report(asked: UniFi, place: _Place, found: Pass, now: datetime, ended_by: str) -> Report:
    guest = asked.look(place.site, found.handle)
    if guest is None or not guest.authorized:
        seen = guest or Guest(found.handle, found.device, is_guest=True, authorized=False)
        return _of(found, seen, Status.STOP, now, LOST if guest is None else ended_by)
    return _of(found, guest, Status.INTERIM, now)


def _of(found: Pass, guest: Guest, status: Status, now: datetime, cause: str | None = None) -> Report:
    return found.report(
        status,
        GATEWAY,
        now,
        seconds=guest.seconds,
        octets_up=guest.octets_up,
        octets_down=guest.octets_down,
        cause=cause,
    )


def _by_controller(database: Database) -> dict[str | None, list[_Place]]:
    point = models.AccessPoint
    which = select(point.id, point.controller, point.site).where(
        point.gateway == GATEWAY, point.controller.is_not(None), point.removed_at.is_(None)
    )
    found: defaultdict[str | None, list[_Place]] = defaultdict(list)
    with database.read() as db:
        for number, name, site in db.execute(which):
            found[name].append(_Place(number, name, site or "default"))
    return found
