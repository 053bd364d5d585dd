"""What is kept of a device and of whoever holds it: all of it at once, and erasing it (GDPR art. 15, 17, 20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import legal_holds
from hotspots.database import Database
from hotspots.legal_holds import Held
from hotspots.models import (
    AccessPoint,
    Account,
    Authority,
    Contact,
    DeviceGrant,
    Hotspot,
    LoginDecision,
    Passkey,
    SentCode,
    ServicePlan,
    Session,
    SponsorRequest,
)
from hotspots.policy import SubjectKind
from hotspots.residents import accounts, own_passes
from hotspots.residents.contacts import MADE_BY_RESIDENT, ContactBook
from hotspots.sessions.usage_window import start_of_warsaw_month

HELD: Final = "12-months"
"""The mode of retention in which a law keeps session data, whatever their subject asks."""

_MOST: Final = 500
_ACTOR: Final = "resident"


@dataclass(frozen=True, slots=True)
class Erased:
    """How many sessions were emptied of what names the device, how many stay, and until when the last of them does.

    ``passes`` are those that stay: their gateways still need them. ``held_until`` is when the last legal hold
    on anything of this device ends; None where there is none. ``nothing`` says that the
    device itself is held, so that nothing at all was erased.
    """

    sessions: int
    staying: int
    until: datetime | None
    passes: int
    held_until: datetime | None
    nothing: bool


def collect(database: Database, book: ContactBook, device: str, now: datetime) -> dict[str, Any]:
    """All that is kept of this device and of the account that it counts for; instants are timezone-aware."""
    with database.read() as db:
        held = legal_holds.held(db, now)
        grant = db.get(DeviceGrant, device)
        refused = select(LoginDecision.at, LoginDecision.reason).where(
            LoginDecision.device == device, LoginDecision.reason.is_not(None)
        )
        codes = select(SentCode.channel, SentCode.sent_at).where(SentCode.device == device)
        asked = select(SponsorRequest).where(SponsorRequest.device == device)
        return {
            "device": device,
            "remembered_until": None if grant is None else grant.expires_at,
            "account": _account(db, book, grant),
            "legal_hold_until": held.devices.get(device),
            "sessions": [
                _session(session, hotspot, authority, held)
                for session, hotspot, authority in db.execute(_sessions(device).limit(_MOST))
            ],
            "passes": [each.told(held) for each in own_passes.of_device(db, device)],
            "refused_logins": [{"at": at, "reason": reason} for at, reason in db.execute(refused.limit(_MOST))],
            "codes": [{"channel": channel, "sent_at": sent_at} for channel, sent_at in db.execute(codes)],
            "messages_to_staff": [
                {"at": row.asked_at, "words": database.vault.open(row.sealed_words).get_secret_value()}
                for row in db.scalars(asked)
            ],
        }


def erase(database: Database, device: str, now: datetime) -> Erased:
    """Forget the device, its codes and messages, an account that its holder made, and the sessions that may go.

    Those stay that a law keeps (:data:`HELD`), that are open, and that time and data of this month are counted by;
    so do passes that a gateway still needs, and what a legal hold covers: of a device that is held, everything.
    """
    with database.write() as db:
        held = legal_holds.held(db, now)
        found = [(session, authority) for session, _, authority in db.execute(_sessions(device))]
        going = [session for session, authority in found if _may_go(session, authority, held, now)]
        staying = [
            (session, authority) for session, authority in found if not _may_go(session, authority, held, now)
        ]
        if device in held.devices:
            passes = len(own_passes.of_device(db, device))
        else:
            passes = _forget(db, device, going, held, now)
    ends = [_kept_until(session, authority, held, now) for session, authority in staying]
    holds = [held.devices.get(device), *(held.sessions.get(session.id) for session, _ in staying)]
    held_until = max((end for end in holds if end is not None), default=None)
    return Erased(len(going), len(staying), max(ends, default=None), passes, held_until, device in held.devices)


def _forget(db: OrmSession, device: str, going: list[Session], held: Held, now: datetime) -> int:
    """How many passes stay."""
    for session in going:
        _forget_logins(db, session.access_point_id, session.started_at, device, held)
    unused, passes = own_passes.erase(db, device, held, now)
    for each in unused:
        _forget_logins(db, each.access_point_id, each.granted_at, device, held)
    _empty(db, [session.id for session in going])
    _forget_holder(db, device, held, now)
    for table in (SentCode, SponsorRequest):
        db.execute(delete(table).where(table.device == device))
    refused = LoginDecision.device == device, LoginDecision.reason.is_not(None)
    db.execute(delete(LoginDecision).where(*refused, *held.decisions_free(db)))
    return passes


def _sessions(device: str) -> Any:
    return (
        select(Session, Hotspot.name, Authority)
        .join(AccessPoint, Session.access_point_id == AccessPoint.id)
        .join(Hotspot, AccessPoint.hotspot_id == Hotspot.id)
        .join(Authority, Hotspot.authority_id == Authority.id)
        .where(Session.device == device)
        .order_by(Session.started_at.desc())
    )


def _session(row: Session, hotspot: str, authority: Authority, held: Held) -> dict[str, Any]:
    ended = row.stopped_at
    return {
        "hotspot": hotspot,
        "controller": authority.name,
        "started_at": row.started_at,
        "ended_at": ended,
        "ip_address": row.framed_ip,
        "seconds": row.session_seconds,
        "octets_up": row.octets_up,
        "octets_down": row.octets_down,
        "kept_until": None if ended is None else _kept_until(row, authority, held, ended),
        "kept_by_law": authority.retention_mode == HELD,
        "legal_hold_until": held.sessions.get(row.id),
    }


def _account(db: OrmSession, book: ContactBook, grant: DeviceGrant | None) -> dict[str, Any] | None:
    if grant is None or grant.subject_kind != SubjectKind.RESIDENT:
        return None
    account = db.get(Account, int(grant.subject_key))
    if account is None:
        return None
    contacts = db.scalars(select(Contact).where(Contact.account_id == account.id)).all()
    return {
        "name": account.name,
        "made_by": "you" if account.created_by == MADE_BY_RESIDENT else "staff",
        "good_until": account.expires_at,
        "plan": db.get_one(ServicePlan, account.plan_id).name,
        "contacts": [{"channel": each.channel, "contact": book.open(each.sealed)} for each in contacts],
        "passkeys": len(db.scalars(select(Passkey.id).where(Passkey.account_id == account.id)).all()),
    }


def _kept_until(session: Session, authority: Authority, held: Held, now: datetime) -> datetime:
    """When its names go, at the latest; of an open one, if it ended now."""
    end = (session.stopped_at or now) + timedelta(days=authority.retention_days)
    return max(end, held.sessions.get(session.id, end))


def _may_go(session: Session, authority: Authority, held: Held, now: datetime) -> bool:
    if session.stopped_at is None or authority.retention_mode == HELD or session.id in held.sessions:
        return False
    return session.stopped_at < start_of_warsaw_month(now)


def _empty(db: OrmSession, ids: list[int]) -> None:
    for number in ids:
        # As retention does; the key is a digest of names where the gateway echoed no Class.
        named: dict[str, Any] = dict.fromkeys(("device", "user_name", "framed_ip", "subject_kind", "subject_key"))
        db.execute(update(Session).where(Session.id == number).values(key=f"erased/{number}", **named))


def _forget_logins(db: OrmSession, access_point_id: int, began_at: datetime, device: str, held: Held) -> None:
    around = LoginDecision.at.between(began_at - legal_holds.AROUND, began_at + legal_holds.AROUND)
    here = LoginDecision.access_point_id == access_point_id
    db.execute(delete(LoginDecision).where(here, around, LoginDecision.device == device, *held.decisions_free(db)))


def _forget_holder(db: OrmSession, device: str, held: Held, now: datetime) -> None:
    grant = db.get(DeviceGrant, device)
    if grant is None or grant.blocked_at is not None:
        return
    account = db.get(Account, int(grant.subject_key)) if grant.subject_kind == SubjectKind.RESIDENT else None
    db.delete(grant)
    db.flush()
    if account is None or held.covers_account(db, account):
        return
    if account.created_by == MADE_BY_RESIDENT:
        accounts.delete(db, account, deleted_by=_ACTOR, now=now)
