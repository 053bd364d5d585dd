"""Having a device remembered for somebody who was found out by other means than a login at its gateway."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from hotspots import models
from hotspots.database import Database
from hotspots.policy import SubjectKind
from hotspots.residents.codes import Holder
from hotspots.sessions import disconnects


def remember_holder(database: Database, holder: Holder, terms_version: int, now: datetime) -> None:
    """Remember the device of somebody who has just proved a contact, and end its minutes for fetching the code."""
    with database.write() as db:
        _remember(db, holder, terms_version, now)
        _end_grace(db, holder.device, holder.hotspot_id, now)


def _remember(db: OrmSession, holder: Holder, terms_version: int, now: datetime) -> None:
    """Let the device in without a page for as long as the account is good; a device that is blocked stays so."""
    account = db.get_one(models.Account, holder.account_id)
    point = select(models.AccessPoint.id).where(models.AccessPoint.hotspot_id == holder.hotspot_id)
    grant = db.get(models.DeviceGrant, holder.device) or models.DeviceGrant(device=holder.device)
    grant.plan_id = account.plan_id
    grant.subject_kind, grant.subject_key = SubjectKind.RESIDENT.value, str(account.id)
    grant.access_point_id = db.scalars(point.order_by(models.AccessPoint.id).limit(1)).one()
    grant.terms_version = terms_version
    grant.granted_at, grant.expires_at = now, account.expires_at
    db.add(grant)


def _end_grace(db: OrmSession, device: str, hotspot_id: int, now: datetime) -> None:
    """Ask for the end of the session in which this device fetched a code: it comes back with all that it has."""
    session = models.Session
    plan_id = db.get_one(models.Hotspot, hotspot_id).grace_plan_id
    open_ones = select(session).where(session.device == device, session.stopped_at.is_(None))
    for row in db.scalars(open_ones):
        if plan_id is not None and row.plan_id == plan_id:
            disconnects.ask_for_resident(db, row, now)
