"""What a login needs to know of the database, in memory: access points, plans, vouchers, remembered devices, stays.

Loaded once, then kept true by the notices in the table ``changes``, which are written in the same commit as what
they announce. So a login asks no database, and goes on while the database is away.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.accounting_store import SESSIONS, STATE_COLUMNS, state_of
from hotspots.clients import Clients, load_clients
from hotspots.credentials import Grant, VoucherEntry, load_grants, load_vouchers
from hotspots.database import Database
from hotspots.ledger import Ledger
from hotspots.plans import Plan
from hotspots.policy import SubjectKind
from hotspots.usage_window import start_of_warsaw_month


class Directory:
    """The copy in memory. :meth:`load` once, then :meth:`refresh` as often as wanted: it costs one small query.

    With ``shared``, stays that other workers wrote are read too; a single worker knows its own already.
    """

    def __init__(self, database: Database, *, shared: bool = False) -> None:
        self._database = database
        self._shared = shared
        self._last_notice = 0
        self._last_change: datetime | None = None
        self.clients = Clients()
        self.plans: dict[int, Plan] = {}
        self.vouchers: dict[int, VoucherEntry] = {}
        self.vouchers_by_digest: dict[bytes, VoucherEntry] = {}
        self.grants: dict[str, Grant] = {}
        self.kiosks: dict[str, tuple[int, int]] = {}
        """Number and plan of each kiosk, by its MAC address."""
        self.used_tickets: dict[str, datetime] = {}
        """The nonces of tickets that were used, and when each would have expired."""
        self.ledger = Ledger()

    def load(self, now: datetime) -> None:
        """Read everything; stays from the beginning of the month in Warsaw, which is the longest window."""
        with self._database.read() as db:
            self._last_notice = db.scalar(select(func.max(models.Change.id))) or 0
            self._load_places(db)
            self._load_plans(db)
            for voucher in load_vouchers(db):
                self.put_voucher(voucher)
            self.grants = {grant.device: grant for grant in load_grants(db)}
            used = select(models.UsedTicket).where(models.UsedTicket.expires_at > now)
            self.used_tickets = {ticket.nonce: ticket.expires_at for ticket in db.scalars(used)}
            self._load_stays(db, start_of_warsaw_month(now))

    def refresh(self) -> bool:
        """Read what has been announced since the last time; True where there was anything."""
        with self._database.read() as db:
            if self._shared:
                self._follow_stays(db)
            notices = db.execute(
                select(models.Change.id, models.Change.topic, models.Change.key)
                .where(models.Change.id > self._last_notice)
                .order_by(models.Change.id)
            ).all()
            topics: dict[str, set[str]] = {}
            for notice in notices:
                topics.setdefault(notice.topic, set()).add(notice.key)
            self._take(db, topics)
        if notices:
            self._last_notice = notices[-1].id
        return bool(notices)

    def put_voucher(self, voucher: VoucherEntry) -> None:
        """Take the newest state of a voucher."""
        self.vouchers[voucher.id] = voucher
        self.vouchers_by_digest[voucher.digest] = voucher

    def forget_expired_tickets(self, now: datetime) -> None:
        """Let go of used tickets that would be refused as expired anyway."""
        self.used_tickets = {nonce: until for nonce, until in self.used_tickets.items() if until > now}

    def _take(self, db: OrmSession, topics: dict[str, set[str]]) -> None:
        if "access_points" in topics:
            self._load_places(db)
        if "plans" in topics:
            self._load_plans(db)
        for chunk in _chunks(topics.get("vouchers", set())):
            for voucher in load_vouchers(db, [int(key) for key in chunk]):
                self.put_voucher(voucher)
        for chunk in _chunks(topics.get("grants", set())):
            found = {grant.device: grant for grant in load_grants(db, chunk)}
            for device in chunk:
                self.grants.pop(device, None)
            self.grants.update(found)

    def _load_places(self, db: OrmSession) -> None:
        self.clients = load_clients(db, self._database.vault)
        kiosks = db.execute(select(models.Kiosk.device, models.Kiosk.id, models.Kiosk.plan_id))
        self.kiosks = {device: (number, plan_id) for device, number, plan_id in kiosks if device}

    def _load_plans(self, db: OrmSession) -> None:
        self.plans = {row.id: row.value() for row in db.scalars(select(models.ServicePlan))}

    def _load_stays(self, db: OrmSession, since: datetime) -> None:
        counted_over_its_life = SESSIONS.c.subject_kind == SubjectKind.VOUCHER.value
        still_open = SESSIONS.c.stopped_at.is_(None)
        self._put_stays(db, (SESSIONS.c.started_at >= since) | still_open | counted_over_its_life)

    def _follow_stays(self, db: OrmSession) -> None:
        newest = db.scalar(select(func.max(SESSIONS.c.changed_at)))
        if self._last_change is not None:
            self._put_stays(db, SESSIONS.c.changed_at >= self._last_change)
        self._last_change = newest

    def _put_stays(self, db: OrmSession, which: ColumnElement[bool]) -> None:
        for row in db.execute(select(*STATE_COLUMNS).where(which)):
            state = state_of(row)
            if state.subject is not None:
                self.ledger.put(state.subject, state.stay())


def _chunks(keys: set[str], size: int = 500) -> list[list[str]]:
    """The keys in lists that stay below SQLite's limit of bound variables."""
    ordered = sorted(keys)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
