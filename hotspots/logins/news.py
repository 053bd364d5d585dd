"""What the directory is made of, read from the database: everything at first, then only what was announced since.

Reading changes nothing in memory, so it may run in another thread than the one that decides logins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, cast, exists, func, or_, select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.access_points.clients import Clients, load_clients
from hotspots.certificates.register import load_fingerprints
from hotspots.database import Database
from hotspots.logins.credentials import (
    AccountEntry,
    Grant,
    KioskEntry,
    VoucherEntry,
    load_accounts,
    load_grants,
    load_kiosks,
    load_vouchers,
)
from hotspots.plans import Plan
from hotspots.policy import Subject, SubjectKind
from hotspots.sessions.accounting_store import SESSIONS, STATE_COLUMNS, state_of
from hotspots.sessions.ledger import first_that_counts
from hotspots.sessions.stay import Stay

_LATE_NOTICES = 200
"""So many numbers back a notice may still come: on PostgreSQL the commit that took a lower number may end later."""

_LATE_STAYS = timedelta(minutes=2)
"""So long after its time stamp the state of a session may still be committed, clocks of other nodes included."""

_OLD_STAYS = timedelta(days=7)
"""So long before it is written down a session may have ended: a gateway or a spool kept its Stop."""


_TOPICS_OF_PLANS = {"access_points", "plans", "vouchers", "voucher_batches", "accounts"}
"""What may bring a plan into use, or take it out of use."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the database has been read: the last notice, those before it that have not come, and when the stays.

    ``counts_months`` is whether a plan in use counts by the month, so that the stays were read as far back as that.
    """

    notice: int = 0
    awaited: frozenset[int] = frozenset()
    stays_at: datetime | None = None
    counts_months: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """The access points as RADIUS clients; the kiosks by their MAC addresses.

    ``certificates`` are the access points' that are good, by their fingerprints, with the number of the access point.
    """

    clients: Clients
    kiosks: dict[str, KioskEntry]
    certificates: dict[str, int]


@dataclass(slots=True)
class News:
    """What was read: None or empty where nothing changed. A grant or account that is None was taken away."""

    mark: Mark
    places: Places | None = None
    plans: dict[int, Plan] | None = None
    vouchers: list[VoucherEntry] = field(default_factory=list)
    grants: dict[str, Grant | None] = field(default_factory=dict)
    accounts: dict[int, AccountEntry | None] = field(default_factory=dict)
    used_tickets: dict[str, datetime] = field(default_factory=dict)
    stays: list[tuple[Subject, Stay]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether nothing was announced."""
        told = self.places, self.plans, self.vouchers, self.grants, self.accounts, self.used_tickets, self.stays
        return not any(told)


def read_all(database: Database, now: datetime) -> News:
    """Everything; of the stays those that still decide something, which are few where no plan counts by the month."""
    with database.read() as db:
        mark = replace(last_mark(db), stays_at=now, counts_months=_counts_months(db, now))
        return News(
            mark,
            _places(db, database),
            _plans(db),
            list(load_vouchers(db)),
            {grant.device: grant for grant in load_grants(db)},
            {account.id: account for account in load_accounts(db)},
            _used_tickets(db, models.UsedTicket.expires_at > now),
            _stays_that_count(db, now, counts_months=mark.counts_months),
        )


def read_news(database: Database, since: Mark, now: datetime, *, missed: bool) -> News:
    """What has been announced since; where its word was ``missed``, also what was written of stays and tickets."""
    with database.read() as db:
        topics, mark = notices(db, since)
        news = News(mark)
        if "access_points" in topics:
            news.places = _places(db, database)
        if "plans" in topics:
            news.plans = _plans(db)
        for chunk in _chunks(topics.get("vouchers", set())):
            news.vouchers += load_vouchers(db, models.Voucher.id.in_([int(key) for key in chunk]))
        for chunk in _chunks(topics.get("voucher_batches", set())):
            news.vouchers += load_vouchers(db, models.Voucher.batch_id.in_([int(key) for key in chunk]))
        for chunk in _chunks(topics.get("grants", set())):
            news.grants |= dict.fromkeys(chunk)
            news.grants |= {grant.device: grant for grant in load_grants(db, chunk)}
        for chunk in _chunks(topics.get("accounts", set())):
            numbers = [int(key) for key in chunk]
            news.accounts |= dict.fromkeys(numbers)
            news.accounts |= {account.id: account for account in load_accounts(db, numbers)}
        if topics.keys() & _TOPICS_OF_PLANS:
            _look_back_as_far_as_plans_do(db, news, now)
        if missed:
            _read_what_was_written(db, news, now)
        return news


def last_mark(db: OrmSession) -> Mark:
    """Where to begin for those who have just read everything that they want."""
    last_notice = db.scalar(select(func.max(models.Change.id))) or 0
    return Mark(max(0, last_notice - _LATE_NOTICES))


def notices(db: OrmSession, since: Mark) -> tuple[dict[str, set[str]], Mark]:
    """The keys that were announced, by topic, and the new mark."""
    change = models.Change
    wanted = change.id > since.notice
    if since.awaited:
        wanted = or_(wanted, change.id.in_(since.awaited))
    topics: dict[str, set[str]] = {}
    seen: set[int] = set()
    for number, topic, key in db.execute(select(change.id, change.topic, change.key).where(wanted)):
        seen.add(number)
        topics.setdefault(topic, set()).add(key)
    last = max(seen, default=since.notice)
    passed_over = set(range(max(since.notice + 1, last - _LATE_NOTICES), last)) | set(since.awaited)
    awaited = frozenset(number for number in passed_over - seen if number > last - _LATE_NOTICES)
    return topics, replace(since, notice=max(last, since.notice), awaited=awaited)


def _look_back_as_far_as_plans_do(db: OrmSession, news: News, now: datetime) -> None:
    counts_months = _counts_months(db, now)
    if counts_months and not news.mark.counts_months:
        news.stays += _stays_that_count(db, now, counts_months=True)
    news.mark = replace(news.mark, counts_months=counts_months)


def _read_what_was_written(db: OrmSession, news: News, now: datetime) -> None:
    news.used_tickets = _used_tickets(db, models.UsedTicket.expires_at > now)
    since = (news.mark.stays_at or now) - _LATE_STAYS
    for recent in (SESSIONS.c.stopped_at.is_(None), SESSIONS.c.stopped_at >= since - _OLD_STAYS):
        news.stays += _stays(db, recent, SESSIONS.c.changed_at >= since)
    news.mark = replace(news.mark, stays_at=now)


def _places(db: OrmSession, database: Database) -> Places:
    return Places(
        load_clients(db, database.vault),
        load_kiosks(db),
        load_fingerprints(db),
    )


def _plans(db: OrmSession) -> dict[int, Plan]:
    return {row.id: row.value() for row in db.scalars(select(models.ServicePlan))}


def _used_tickets(db: OrmSession, which: ColumnElement[bool]) -> dict[str, datetime]:
    rows = db.execute(select(models.UsedTicket.nonce, models.UsedTicket.expires_at).where(which))
    return {nonce: expires_at for nonce, expires_at in rows}  # noqa: C416 - dict() of rows has no type


def _counts_months(db: OrmSession, now: datetime) -> bool:
    """Whether a plan that somebody can log in under counts by the month."""
    plan, batch, account = models.ServicePlan, models.VoucherBatch, models.Account
    # Not as EXISTS or "=": PostgreSQL would rather read all accounts, in the hope that the first is of this plan.
    of_plan = account.plan_id.between(plan.id, plan.id)
    of_accounts = select(func.min(account.plan_id)).where(of_plan).scalar_subquery()
    in_use = or_(
        exists().where(models.Hotspot.plan_id == plan.id),
        exists().where(models.Kiosk.plan_id == plan.id),
        of_accounts.is_not(None),
        exists().where(batch.plan_id == plan.id, batch.expires_at > now),
    )
    return any(row.value().counts_months for row in db.scalars(select(plan).where(in_use)))


def _stays_that_count(db: OrmSession, now: datetime, *, counts_months: bool) -> list[tuple[Subject, Stay]]:
    """Open stays, those of the window, those of accounts in this month, and those of vouchers that have a budget.

    One statement each, which an index answers: all of them in one had the database read the whole table.
    """
    since = first_that_counts(now, counts_months=counts_months)
    stays = _stays(db, SESSIONS.c.stopped_at.is_(None)) + _stays(db, SESSIONS.c.started_at >= since)
    if not counts_months:
        of_account = SESSIONS.c.subject_kind == SubjectKind.RESIDENT.value
        stays += _stays(db, of_account, SESSIONS.c.started_at >= first_that_counts(now, counts_months=True))
    return stays + _stays_of_budgets(db, now)


def _stays_of_budgets(db: OrmSession, now: datetime) -> list[tuple[Subject, Stay]]:
    voucher, batch = models.Voucher, models.VoucherBatch
    with_budget = (
        select(cast(voucher.id, String))
        .join(voucher.batch)
        .where(
            batch.expires_at > now,
            or_(batch.total_seconds.is_not(None), batch.total_octets.is_not(None)),
            voucher.first_used_at.is_not(None),
        )
    )
    of_voucher = SESSIONS.c.subject_kind == SubjectKind.VOUCHER.value
    return _stays(db, of_voucher, SESSIONS.c.subject_key.in_(with_budget))


def _stays(db: OrmSession, *which: ColumnElement[bool]) -> list[tuple[Subject, Stay]]:
    states = (state_of(row) for row in db.execute(select(*STATE_COLUMNS).where(*which)))
    return [(state.subject, state.stay()) for state in states if state.subject is not None]


def _chunks(keys: Iterable[str], size: int = 500) -> list[list[str]]:
    """The keys in lists that stay below SQLite's limit of bound variables."""
    ordered = sorted(keys)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
