"""What the views are handed: settings, database, known places, admission, signed visits, codes and clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g

from captive_portal.held import HeldDesk
from captive_portal.known_places import KnownPlaces, Places
from captive_portal.passkeys import PasskeyDesk
from captive_portal.proofs import ProofDesk
from captive_portal.returning import ReturnDesk
from captive_portal.visits import VisitDesk
from hotspots.database import Database
from hotspots.logins.admission import Admission
from hotspots.mail import Mailer
from hotspots.password_tries import PasswordTries
from hotspots.public_pages.place_quality import WeekDesk
from hotspots.recorder import errand, local_socket
from hotspots.residents.codes import CodeDesk
from hotspots.residents.contacts import ContactBook
from hotspots.sessions.accounting import Report
from hotspots.sessions.passes import PassDesk
from hotspots.settings import Settings
from hotspots.sms.provider import SmsProvider

EXTENSION = "hotspots"


@dataclass(frozen=True, slots=True)
class Services:
    """One set for each application. ``clock`` gives the present instant, timezone-aware UTC.

    ``sms`` and ``mail`` are None where the settings name no provider and no mail server.
    """

    settings: Settings
    database: Database
    known_places: KnownPlaces
    admission: Admission
    visits: VisitDesk
    codes: CodeDesk
    contacts: ContactBook
    proofs: ProofDesk
    held: HeldDesk
    passkeys: PasskeyDesk
    returns: ReturnDesk
    password_tries: PasswordTries
    sms: SmsProvider | None
    mail: Mailer | None
    passes: PassDesk
    weeks: WeekDesk
    clock: Callable[[], datetime]

    def keep(self, reports: Sequence[Report]) -> None:
        """Hand what a gateway reported by itself to the recorder; raises as :func:`hotspots.recorder.errand.keep`."""
        errand.keep(self.settings.data_dir / local_socket.NAME, reports)

    @property
    def https(self) -> bool:
        """Whether people reach the portal encrypted; the base URL says so, not the connection to a proxy."""
        return self.settings.portal_base_url.startswith("https://")


def services() -> Services:
    """The services of the application that handles this request."""
    return services_of(current_app)


def places() -> Places:
    """Access points and pages as they are in this request."""
    if "places" not in g:
        g.places = services().known_places.now()
    known: Places = g.places
    return known


def services_of(app: Flask) -> Services:
    """The services of this application."""
    found = app.extensions[EXTENSION]
    assert isinstance(found, Services)  # noqa: S101 - the factory put it there
    return found
