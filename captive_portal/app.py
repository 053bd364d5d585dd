"""The application factory of the portal: residents' pages, staff dashboards, machine interfaces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask_wtf import CSRFProtect

from captive_portal import (
    api,
    detection,
    error_pages,
    figures,
    floods,
    health,
    languages,
    limits,
    metrics,
    public_pages,
    residents,
    security,
    staff,
    styles,
)
from captive_portal.held import HeldDesk
from captive_portal.known_places import KnownPlaces
from captive_portal.passkeys import PasskeyDesk
from captive_portal.proofs import ProofDesk
from captive_portal.returning import ReturnDesk
from captive_portal.services import EXTENSION, Services
from captive_portal.visits import VisitDesk
from hotspots import keys
from hotspots.database import open_database
from hotspots.logins.admission import Admission
from hotspots.logins.tickets import TicketDesk
from hotspots.mail import mailer
from hotspots.password_tries import PasswordTries
from hotspots.public_pages.place_quality import WeekDesk
from hotspots.residents.codes import CodeDesk
from hotspots.residents.contacts import ContactBook
from hotspots.sessions.passes import PassDesk
from hotspots.settings import Settings
from hotspots.sms.chosen import provider

_MOST_OCTETS_OF_A_FORM = 256 * 1024


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """A new application on these settings; it opens no connection before the first request."""
    app = Flask("captive_portal")
    services = _services(settings, clock)
    app.extensions[EXTENSION] = services
    app.config.update(
        SECRET_KEY=keys.derive(settings.secret_key, keys.PORTAL_SESSIONS),
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=services.https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=8),
        MAX_CONTENT_LENGTH=_MOST_OCTETS_OF_A_FORM,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=1),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (
        metrics,
        floods,
        security,
        languages,
        figures,
        error_pages,
        limits,
        detection,
        public_pages,
        styles,
    ):
        part.install(app)
    csrf = CSRFProtect(app)
    for blueprint in (residents.blueprint, staff.blueprint, api.blueprint, health.blueprint):
        app.register_blueprint(blueprint)
    # What protects the residents' forms instead is said in captive_portal/residents.
    csrf.exempt(residents.blueprint)
    return app


def _services(settings: Settings, clock: Callable[[], datetime]) -> Services:
    database = open_database(settings)
    tickets = TicketDesk(keys.derive(settings.secret_key, keys.TICKETS))
    voucher_key = keys.derive(settings.secret_key, keys.VOUCHER_LOOKUP)
    visits = VisitDesk(keys.derive(settings.secret_key, keys.VISIT_SIGNATURES))
    contacts = ContactBook(settings.secret_key)
    passes = PassDesk(database, tickets, keys.derive(settings.secret_key, keys.CLASS_ATTRIBUTE))
    admission = Admission(database, tickets, voucher_key)
    sms, mail = provider(settings), mailer(settings)
    return Services(
        settings=settings,
        database=database,
        known_places=KnownPlaces(database),
        admission=admission,
        visits=visits,
        codes=CodeDesk(database, contacts, keys.derive(settings.secret_key, keys.CODES)),
        contacts=contacts,
        proofs=ProofDesk(keys.derive(settings.secret_key, keys.PROOFS)),
        held=HeldDesk(keys.derive(settings.secret_key, keys.HELD)),
        passkeys=PasskeyDesk(database, settings.portal_base_url, keys.derive(settings.secret_key, keys.PASSKEYS)),
        returns=ReturnDesk(keys.derive(settings.secret_key, keys.RETURNS)),
        password_tries=PasswordTries(),
        sms=sms,
        mail=mail,
        passes=passes,
        weeks=WeekDesk(database),
        clock=clock,
    )
