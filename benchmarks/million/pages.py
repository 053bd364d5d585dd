"""How long the pages take: through the real application, one after the other, as one person would ask for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any, Final

from flask.testing import FlaskClient
from sqlalchemy import select

from captive_portal.app import create_app
from captive_portal.staff.paging import PageKey
from hotspots import keys, staff
from hotspots.database import Database
from hotspots.logins.admission import Admission
from hotspots.logins.tickets import TicketDesk
from hotspots.models import Authority, Hotspot, Session
from hotspots.sessions.standing import standing
from hotspots.settings import Settings
from hotspots.staff import Role
from monitoring.runner import collectors

TIMES: Final = 20
_GMINA: Final = "belzyce"


def measure(settings: Settings, database: Database, now: datetime) -> dict[str, tuple[float, float]]:
    """Milliseconds of each page, the half and the twentieth that take longest: (p50, p95)."""
    with database.read() as db:
        hotspot = db.scalars(select(Hotspot.slug).join(Hotspot.authority).where(Authority.slug == _GMINA)).first()
        known = select(Session.device).where(
            Session.device.is_not(None), Session.started_at > now - timedelta(days=3)
        )
        device = db.scalars(known.limit(1)).one() or ""
    powiat = _signed_in(settings, database, "powiat-lubelski", Role.ADMINISTRATOR, now)
    clerk = _signed_in(settings, database, _GMINA, Role.CLERK, now)
    back = PageKey(now - timedelta(days=20), 1)
    asked: list[tuple[str, Callable[[], object]]] = [
        (f"{who}: {what}", _page(client, path))
        for who, client in (("powiat", powiat), ("gmina", clerk))
        for what, path in (
            ("overview", "/staff/"),
            ("open sessions", "/staff/sessions"),
            ("ended sessions", "/staff/sessions?show=recent"),
            ("ended sessions, 20 days back", f"/staff/sessions?show=recent&after={back}"),
            ("ended sessions of a hotspot", f"/staff/sessions?show=recent&hotspot={hotspot}"),
            ("sessions of a device", f"/staff/sessions?show=recent&device={device}"),
            ("refusals", "/staff/refusals"),
            ("refusals of a device", f"/staff/refusals?device={device}"),
            ("vouchers", "/staff/vouchers"),
        )
    ]
    asked += list(_decisions(settings, database, device, now))
    return {name: _timed(ask) for name, ask in asked}


def _decisions(
    settings: Settings, database: Database, device: str, now: datetime
) -> Iterator[tuple[str, Callable[[], object]]]:
    lookup = keys.derive(settings.secret_key, keys.VOUCHER_LOOKUP)
    admission = Admission(database, TicketDesk(keys.derive(settings.secret_key, keys.TICKETS)), lookup)
    yield "resident: tap", lambda: admission.by_tap(1, device, 1, now)
    yield "resident: status", lambda: standing(database, device, now, now)
    for name, collect in collectors().items():

        def scrape(collect: Any = collect) -> None:
            with database.read() as db:
                list(collect(db, now))

        yield f"metrics: {name}", scrape


def _timed(ask: Callable[[], object]) -> tuple[float, float]:
    took = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
        if sum(took) > 20_000 and len(took) > 3:
            break
    # What a process does for the first time is not what it costs.
    rest = sorted(took[1:])
    return rest[len(rest) // 2], quantiles(rest, n=20, method="inclusive")[-1]


def _page(client: FlaskClient, path: str) -> Callable[[], None]:
    def ask() -> None:
        response = client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answers {response.status_code}")

    return ask


def _signed_in(settings: Settings, database: Database, authority: str, role: Role, now: datetime) -> FlaskClient:
    """A browser in which somebody has signed in, who is made for it."""
    app = create_app(settings, lambda: datetime.now(UTC))
    app.config["WTF_CSRF_ENABLED"] = False
    name = f"{authority}-{now:%H%M%S%f}"
    with database.write() as db:
        row = db.scalars(select(Authority).where(Authority.slug == authority)).one()
        member, password = staff.add(db, name=name, role=role, authority=row, added_by="benchmark", now=now)
        member.must_change_password = False
    client = app.test_client()
    given = {"name": name, "password": password.get_secret_value()}
    answer = client.post("/staff/login", data=given)
    if answer.status_code != 303:
        raise RuntimeError(f"nobody can sign in: {answer.status_code}")
    return client
