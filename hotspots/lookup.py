"""Finding rows by what people call them, with errors that help."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import CompoundSelect, Select, select, union_all
from sqlalchemy.orm import Session as OrmSession

from hotspots.errors import HotspotsError
from hotspots.models import AccessPoint, Authority, Hotspot, ServicePlan, Session

_Row = TypeVar("_Row", Authority, Hotspot, ServicePlan)
_NAMES = {Authority: "authority", Hotspot: "hotspot", ServicePlan: "plan"}
_MANY = 10
_A_FEW = 3


def by_slug(session: OrmSession, model: type[_Row], slug: str) -> _Row:
    """The authority, hotspot or plan with this slug.

    Raises:
        HotspotsError: There is none; the hint names those that are nearest.
    """
    row = session.scalar(select(model).where(model.slug == slug))
    if row is None:
        known = session.scalars(select(model.slug)).all()
        raise HotspotsError(f"there is no {_NAMES[model]} {slug}", hint=suggestion(slug, known))
    return row


def hotspot_id(session: OrmSession, slug: str) -> int | None:
    """The number of the hotspot with this slug; None where there is none."""
    return session.scalar(select(Hotspot.id).where(Hotspot.slug == slug))


def access_point(session: OrmSession, name: str) -> AccessPoint:
    """The access point in service of this name.

    Raises:
        HotspotsError: There is none.
    """
    in_service = AccessPoint.removed_at.is_(None)
    found = session.scalar(select(AccessPoint).where(AccessPoint.name == name, in_service))
    if found is None:
        known = session.scalars(select(AccessPoint.name).where(in_service)).all()
        raise HotspotsError(f"there is no access point {name}", hint=suggestion(name, known))
    return found


def first_access_point(session: OrmSession, authority: Authority) -> AccessPoint | None:
    """The first in service, by name, of those at this authority's hotspots."""
    statement = (
        select(AccessPoint)
        .join(AccessPoint.hotspot)
        .where(Hotspot.authority_id == authority.id, AccessPoint.removed_at.is_(None))
        .order_by(AccessPoint.name)
        .limit(1)
    )
    return session.scalar(statement)


def first_authority(session: OrmSession) -> Authority:
    """The powiat; where a gmina runs its own network without one, that gmina.

    Raises:
        HotspotsError: There is no authority at all.
    """
    authority = session.scalar(select(Authority).order_by(Authority.kind != "powiat", Authority.id).limit(1))
    if authority is None:
        raise HotspotsError("the inventory is empty", hint="import one: hotspots inventory import FILE")
    return authority


def session_named(db: OrmSession, name: str) -> Session:
    """The session with this id, or the open one that its gateway calls so.

    Raises:
        HotspotsError: There is none, or several gateways have one of that name.
    """
    # Our own ids are decimal without leading zeros; what gateways make up is looked for after them.
    if name.isascii() and name.isdecimal() and not name.startswith("0") and len(name) <= 18:
        session = db.get(Session, int(name))
        if session is not None:
            return session
    open_ones = select(Session).where(Session.acct_session_id == name, Session.stopped_at.is_(None))
    found = db.scalars(open_ones.limit(2)).all()
    if not found:
        raise HotspotsError(f"there is no open session {name}", hint="see: hotspots session list --active")
    if len(found) > 1:
        raise HotspotsError(f"several gateways have an open session {name}", hint="name it by the column id")
    return found[0]


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known: those like it, or all where they are few, or some of many."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    if len(names) > _MANY:
        return f"there are {len(names)}, such as {', '.join(names[:_A_FEW])}"
    return f"there are {', '.join(names)}" if names else ""


def of_each(branches: Sequence[Select[Any]]) -> CompoundSelect[Any]:
    """The ids that several ordered and limited statements give, in one statement.

    Asked branch by branch, an index gives the newest rows of each access point however large the table is; asked
    for all of them at once, a database sorts everything that they ever had.
    """
    limited = [branch.subquery() for branch in branches]
    return union_all(*(select(each.c.id) for each in limited))
