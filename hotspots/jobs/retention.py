"""Retention: what names a person or a device goes when the days that the authority decided on are over.

Sessions stay as rows without names, since they add up to the statistics; login decisions, and the commands that were
sent to sessions, go altogether. What a legal hold covers (:mod:`hotspots.legal_holds`) stays until that is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    exists,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit, legal_holds, models
from hotspots.database import Database
from hotspots.jobs.batches import ROWS, delete_in_batches, in_batches
from hotspots.policy import SubjectKind
from hotspots.sessions.accounting_store import SESSIONS

_POWIAT: Final = "powiat"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What one authority decided, and where it applies. ``nowhere`` adds what no access point can be named for."""

    authority: str
    before: datetime
    access_points: tuple[int, ...]
    nowhere: bool


def erase_old_sessions(database: Database, now: datetime) -> int:
    """Empty device, name, address and subject of the sessions that ended before the authority's retention days.

    The subject of a voucher's session stays until the voucher has expired, because its budget is counted over its
    whole life; a voucher's number names nobody.
    """
    return _under_each_rule(
        database,
        "retention.sessions",
        lambda rule: in_batches(database, partial(_erase, rule=rule, now=now)),
        now,
    )


def delete_old_decisions(database: Database, now: datetime) -> int:
    """Delete the login decisions that are older than the authority's retention days."""
    with database.read() as db:
        free = legal_holds.held(db, now).decisions_free(db)
    return _under_each_rule(
        database, "retention.login_decisions", lambda rule: _delete_decisions(database, rule, free), now
    )


def delete_old_commands(database: Database, now: datetime) -> int:
    """Delete the commands to sessions that ended before the authority's retention days, as they were asked for."""
    with database.read() as db:
        free = legal_holds.held(db, now).sessions_free(models.SessionCommand.session_id)
    return _under_each_rule(
        database, "retention.session_commands", lambda rule: _delete_commands(database, rule, free), now
    )


def _under_each_rule(database: Database, action: str, erase: Callable[[_Rule], int], now: datetime) -> int:
    """How many rows went in all; what went of each authority is written down."""
    total = 0
    for rule in _rules(database, now):
        count = erase(rule)
        _write_down(database, action, rule, count, now)
        total += count
    return total


def _rules(database: Database, now: datetime) -> list[_Rule]:
    access_points = select(models.AccessPoint.id).join(models.AccessPoint.hotspot)
    with database.read() as db:
        authorities = db.scalars(select(models.Authority).order_by(models.Authority.slug)).all()
        # Whoever was turned away before an access point was known asked at the powiat's own door.
        owner = next((each.id for each in authorities if each.kind == _POWIAT), None)
        return [
            _Rule(
                each.slug,
                now - timedelta(days=each.retention_days),
                tuple(db.scalars(access_points.where(models.Hotspot.authority_id == each.id))),
                each.id == owner,
            )
            for each in authorities
        ]


def _erase(db: OrmSession, rule: _Rule, now: datetime) -> int:
    keep_subject = _voucher_still_valid(now)
    named = or_(
        SESSIONS.c.device.is_not(None),
        SESSIONS.c.user_name.is_not(None),
        SESSIONS.c.framed_ip.is_not(None),
        and_(SESSIONS.c.subject_kind.is_not(None), not_(keep_subject)),
    )
    ids = db.scalars(
        select(SESSIONS.c.id)
        .where(
            SESSIONS.c.access_point_id.in_(rule.access_points),
            SESSIONS.c.stopped_at < rule.before,
            models.NAMES_SOMEBODY,
            named,
            *legal_holds.held(db, now).sessions_free(SESSIONS.c.id),
        )
        .limit(ROWS)
    ).all()
    if ids:
        db.execute(
            update(SESSIONS)
            .where(SESSIONS.c.id.in_(ids))
            .values(
                # Where the gateway echoed no Class it is a digest of names, which could be guessed.
                key=literal("erased/") + cast(SESSIONS.c.id, String),
                device=None,
                user_name=None,
                framed_ip=None,
                subject_kind=case((keep_subject, SESSIONS.c.subject_kind), else_=null()),
                subject_key=case((keep_subject, SESSIONS.c.subject_key), else_=null()),
            )
        )
    return len(ids)


def _voucher_still_valid(now: datetime) -> ColumnElement[bool]:
    of_voucher = SESSIONS.c.subject_kind == SubjectKind.VOUCHER.value
    return and_(
        SESSIONS.c.subject_kind.is_not(None),
        of_voucher,
        exists()
        .where(
            # The key of other subjects is no number. As a number it is looked up; as text all vouchers were read.
            models.Voucher.id == cast(case((of_voucher, SESSIONS.c.subject_key)), Integer),
            models.Voucher.batch_id == models.VoucherBatch.id,
            models.VoucherBatch.expires_at > now,
        )
        .correlate(SESSIONS),
    )


def _delete_decisions(database: Database, rule: _Rule, free: list[ColumnElement[bool]]) -> int:
    decision = models.LoginDecision
    there: ColumnElement[bool] = decision.access_point_id.in_(rule.access_points)
    if rule.nowhere:
        there = or_(there, decision.access_point_id.is_(None))
    return delete_in_batches(database, decision.id, there, decision.at < rule.before, *free)


def _delete_commands(database: Database, rule: _Rule, free: list[ColumnElement[bool]]) -> int:
    command = models.SessionCommand
    its_session = exists().where(SESSIONS.c.id == command.session_id)
    there: ColumnElement[bool] = its_session.where(
        SESSIONS.c.access_point_id.in_(rule.access_points), SESSIONS.c.stopped_at < rule.before
    )
    if rule.nowhere:
        there = or_(there, not_(its_session))  # its month was detached
    return delete_in_batches(database, command.id, command.asked_at < rule.before, there, *free)


def _write_down(database: Database, action: str, rule: _Rule, count: int, now: datetime) -> None:
    if not count:
        return
    _log.info("%s: %d rows of %s from before %s", action, count, rule.authority, rule.before.isoformat())
    with database.write() as db:
        audit.append(
            db,
            actor=audit.SCHEDULER,
            action=action,
            subject=rule.authority,
            now=now,
            detail={"rows": count, "before": rule.before.isoformat(timespec="seconds")},
        )
