"""Changing the RADIUS secret of an access point without an hour in which nobody gets in: for a while both are good.

The new one is what configuration is rendered with, the former one what the device still has. Which of them is used is
noted by the RADIUS workers; once the former one is not any more, it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session as OrmSession

from hotspots import audit, lookup
from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, AccessPointState
from hotspots.vault import Vault


@dataclass(frozen=True, slots=True)
class SecretChange:
    """A change under way: since when, and when each of the two secrets was last used (to a minute)."""

    access_point: str
    since: datetime
    secret_used_at: datetime | None
    former_secret_used_at: datetime | None

    def former_unused_since(self) -> datetime | None:
        """Since when the former secret is not needed any more; None while the access point needs it."""
        used = self.secret_used_at
        if used is None or (self.former_secret_used_at is not None and self.former_secret_used_at > used):
            return None
        return max(self.since, self.former_secret_used_at or self.since)


def under_way(db: OrmSession) -> list[SecretChange]:
    """The changes of access points in service, the oldest first."""
    point, state = AccessPoint, AccessPointState
    rows = db.execute(
        select(point.name, point.secret_changed_at, state.secret_used_at, state.former_secret_used_at)
        .outerjoin(state, state.access_point_id == point.id)
        .where(point.removed_at.is_(None), point.sealed_former_secret.is_not(None))
        .order_by(point.secret_changed_at, point.name)
    )
    return [SecretChange(name, since, *used) for name, since, *used in rows if since is not None]


def change(
    db: OrmSession, vault: Vault, name: str, secret: SecretStr, *, at_once: bool, actor: str, now: datetime
) -> None:
    """Give an access point a new secret; the present one stays good beside it, unless it is to end ``at_once``.

    Raises:
        HotspotsError: There is no such access point, it has this secret already, or another change is under way.
    """
    row = lookup.access_point(db, name)
    if vault.open(row.sealed_secret) == secret:
        raise HotspotsError(f"{name} has this secret already", "Leave it out to have a new one made")
    if row.sealed_former_secret is not None and not at_once:
        raise HotspotsError(
            f"the secret of {name} is being changed already",
            f"Let it end first: hotspots ap secret drop-former {name}",
        )
    row.sealed_former_secret = None if at_once else row.sealed_secret
    row.secret_changed_at = None if at_once else now
    row.sealed_secret = vault.seal(secret)
    row.secret_set_at = now
    forget_uses(db, row.id)
    _write_down(db, row, "change-at-once" if at_once else "change", actor, now)


def drop_former(
    db: OrmSession, name: str, *, even_if_used: bool = False, actor: str, now: datetime
) -> SecretChange | None:
    """Let the former secret of an access point be good no more; None where there is none.

    Raises:
        HotspotsError: There is no such access point, or nothing shows that it has the new secret.
    """
    row = lookup.access_point(db, name)
    ended = next((each for each in under_way(db) if each.access_point == name), None)
    if ended is None:
        return None
    if ended.former_unused_since() is None and not even_if_used:
        raise HotspotsError(
            f"{name} has not been heard with its new secret since it last used the former one",
            "Give it the new secret first (roll its configuration out), or add --even-if-used",
        )
    row.sealed_former_secret = row.secret_changed_at = None
    forget_uses(db, row.id)
    _write_down(db, row, "drop-former", actor, now)
    return ended


def drop_unused(db: OrmSession, unused_for: timedelta, *, actor: str, now: datetime) -> Sequence[SecretChange]:
    """Drop the former secrets that have not been needed for so long; those that were dropped."""
    over = [
        each
        for each in under_way(db)
        if (unused_since := each.former_unused_since()) is not None and now - unused_since >= unused_for
    ]
    for each in over:
        drop_former(db, each.access_point, actor=actor, now=now)
    return over


def forget_uses(db: OrmSession, access_point_id: int) -> None:
    """What was noted of its secrets is about others than it has now."""
    mine = AccessPointState.access_point_id == access_point_id
    db.execute(update(AccessPointState).where(mine).values(secret_used_at=None, former_secret_used_at=None))


def _write_down(db: OrmSession, row: AccessPoint, what: str, actor: str, now: datetime) -> None:
    audit.append(db, actor=actor, action=f"access-point.secret.{what}", subject=row.name, now=now)
