"""Taking an inventory into the database: in one transaction, all of it or nothing, and as often as one likes."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotspots import audit
from hotspots.access_points import secret_change
from hotspots.certificates import register
from hotspots.database import Database
from hotspots.inventory.changes import Action, Change, Entries, Fields, Kind, compare, entries
from hotspots.inventory.document import Inventory
from hotspots.inventory.faults import InventoryError
from hotspots.inventory.history import kept_by_history
from hotspots.inventory.stored import stored_inventory
from hotspots.models import AccessPoint, AccessPointState, Authority, Hotspot, Kiosk, ServicePlan
from hotspots.vault import Vault

# 32 octets are 43 characters.
_SECRET_OCTETS = 32
_MODELS: dict[Kind, type[Any]] = {
    Kind.PLAN: ServicePlan,
    Kind.AUTHORITY: Authority,
    Kind.HOTSPOT: Hotspot,
    Kind.ACCESS_POINT: AccessPoint,
    Kind.KIOSK: Kiosk,
}
_REFERENCES = {"plan": Kind.PLAN, "grace_plan": Kind.PLAN, "authority": Kind.AUTHORITY, "hotspot": Kind.HOTSPOT}
_SEALED = {"secret": "sealed_secret", "uam_secret": "sealed_uam_secret"}
# Nobody else may have these at any moment, not even while two entries exchange theirs.
_UNIQUE = {Kind.ACCESS_POINT: "nas_identifier", Kind.KIOSK: "device"}


def import_inventory(
    database: Database, inventory: Inventory, *, source: str, actor: str, now: datetime, dry_run: bool = False
) -> list[Change]:
    """Make the database say what the inventory says; returns what changed, nothing where nothing had to.

    Secrets that the inventory leaves out are kept, or made for a new access point. An access point that it no
    longer has is marked as removed; it comes back, with its secrets, when the inventory has it again.

    Args:
        database: Where to.
        inventory: The whole of it: what is not in it goes.
        source: What errors and the audit log call it.
        actor: Who does it, for the audit log.
        now: When.
        dry_run: Only say what would change, or why it would be refused.

    Raises:
        InventoryError: Something with a history would go. Nothing was changed.
    """
    return edit_inventory(database, lambda _: inventory, source=source, actor=actor, now=now, dry_run=dry_run)


def edit_inventory(
    database: Database,
    edit: Callable[[Inventory], Inventory],
    *,
    source: str,
    actor: str,
    now: datetime,
    dry_run: bool = False,
) -> list[Change]:
    """Make the database say what ``edit`` makes of what it says now; all as for :func:`import_inventory`.

    Nobody else changes the inventory between the reading and the writing.
    """
    with database.read() if dry_run else database.write() as session:
        stored = stored_inventory(session, database.vault)
        wanted = entries(edit(stored))
        changes = compare(entries(stored), wanted)
        faults = kept_by_history(session, changes, wanted)
        if faults:
            raise InventoryError(source, faults)
        if changes and not dry_run:
            _Import(session, database.vault, wanted, now).carry_out(changes)
            _write_down(session, changes, source, actor, now)
        return changes


def _write_down(session: Session, changes: Sequence[Change], source: str, actor: str, now: datetime) -> None:
    counts = Counter(f"{change.kind} {change.action}" for change in changes)
    touched = sorted({f"{change.kind} {change.name}" for change in changes})
    audit.append(
        session,
        actor=actor,
        action="inventory.import",
        subject=source,
        now=now,
        detail={"counts": dict(counts), "entries": touched},
    )


class _Import:
    """One import under way: the rows that are there, and those that it makes."""

    def __init__(self, session: Session, vault: Vault, wanted: Entries, now: datetime) -> None:
        self._session = session
        self._vault = vault
        self._wanted = wanted
        self._now = now
        self._rows: dict[Kind, dict[str, Any]] = {
            kind: {_name(row): row for row in session.scalars(select(model))} for kind, model in _MODELS.items()
        }

    def carry_out(self, changes: Sequence[Change]) -> None:
        """The order matters: what is unique is given up before others take it, and rows go after what they hold."""
        removals = [change for change in changes if change.action is Action.REMOVE]
        for change in removals:
            if change.kind is Kind.ACCESS_POINT:
                self._retire(self._rows[change.kind][change.name])
            elif change.kind is Kind.KIOSK:
                self._session.delete(self._rows[change.kind].pop(change.name))
        for change in changes:
            self._give_up_unique(change)
        self._session.flush()
        for kind in Kind:
            for change in changes:
                if change.kind is kind and change.action is not Action.REMOVE:
                    self._put(change)
            self._session.flush()
        for change in removals:
            if change.kind not in (Kind.ACCESS_POINT, Kind.KIOSK):
                self._delete(change)

    def _put(self, change: Change) -> None:
        fields = self._wanted[change.kind][change.name]
        row = self._rows[change.kind].get(change.name)
        if change.field is not None:
            self._set(row, {change.field: fields[change.field]})
            return
        if row is None:
            row = _MODELS[change.kind]()
            self._session.add(row)
            self._rows[change.kind][change.name] = row
        self._set(row, fields)
        if isinstance(row, AccessPoint):
            row.removed_at = None

    def _set(self, row: Any, fields: Fields) -> None:
        for field, value in fields.items():
            if field in _SEALED:
                self._set_secret(row, _SEALED[field], value)
            elif field == "former_secret":
                self._set_former_secret(row, value)
            elif field in _REFERENCES:
                number = None if value is None else self._rows[_REFERENCES[field]][str(value)].id
                setattr(row, f"{field}_id", number)
            elif field == "radios" or getattr(row, field) != value:
                setattr(row, field, value)
                if field == "message_authenticator":
                    self._forget_signatures(row)

    def _set_secret(self, row: Any, column: str, value: object) -> None:
        if isinstance(value, SecretStr):
            setattr(row, column, self._vault.seal(value))
        elif getattr(row, column) is None:
            setattr(row, column, self._vault.seal(SecretStr(secrets.token_urlsafe(_SECRET_OCTETS))))
        else:
            return
        if column == "sealed_secret":
            row.secret_set_at = self._now

    def _set_former_secret(self, row: AccessPoint, value: object) -> None:
        if isinstance(value, SecretStr):
            row.sealed_former_secret, row.secret_changed_at = self._vault.seal(value), self._now
            if row.id is not None:
                secret_change.forget_uses(self._session, row.id)

    def _forget_signatures(self, row: AccessPoint) -> None:
        """Who chooses the policy anew has it learn anew: it may be another device by now."""
        if row.id is not None:
            mine = AccessPointState.access_point_id == row.id
            self._session.execute(update(AccessPointState).where(mine).values(signed_at=None))

    def _retire(self, row: AccessPoint) -> None:
        row.removed_at = self._now
        # The identifier is free for its successor.
        row.nas_identifier = f"removed:{row.id}"

    def _give_up_unique(self, change: Change) -> None:
        column = _UNIQUE.get(change.kind)
        if column is not None and change.field == column:
            row = self._rows[change.kind][change.name]
            setattr(row, column, None if change.kind is Kind.KIOSK else f"moving:{row.id}")

    def _delete(self, change: Change) -> None:
        row = self._rows[change.kind].pop(change.name)
        if change.kind is Kind.HOTSPOT:
            # They are without history, or the removal would have been refused.
            left = select(AccessPoint.id).where(AccessPoint.hotspot_id == row.id)
            self._session.execute(delete(AccessPointState).where(AccessPointState.access_point_id.in_(left)))
            register.orphan(self._session, self._session.scalars(left), self._now)
            for access_point in self._session.scalars(select(AccessPoint).where(AccessPoint.hotspot_id == row.id)):
                self._session.delete(access_point)
            self._session.flush()
        self._session.expire(row)
        self._session.delete(row)
        self._session.flush()


def _name(row: Any) -> str:
    return str(row.name if isinstance(row, AccessPoint) else row.slug)
