"""Finding rows by what people call them, with errors that help."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotspots.errors import HotspotsError
from hotspots.models import Authority, Hotspot, ServicePlan

_Row = TypeVar("_Row", Authority, Hotspot, ServicePlan)
_NAMES = {Authority: "authority", Hotspot: "hotspot", ServicePlan: "plan"}
_MANY = 10


def by_slug(session: Session, model: type[_Row], slug: str) -> _Row:
    """The authority, hotspot or plan with this slug.

    Raises:
        HotspotsError: There is none; the hint names those that are nearest.
    """
    row = session.scalar(select(model).where(model.slug == slug))
    if row is None:
        known = session.scalars(select(model.slug)).all()
        raise HotspotsError(f"there is no {_NAMES[model]} {slug}", hint=suggestion(slug, known))
    return row


def first_authority(session: Session) -> Authority:
    """The powiat; where a gmina runs its own network without one, that gmina.

    Raises:
        HotspotsError: There is no authority at all.
    """
    authority = session.scalar(select(Authority).order_by(Authority.kind != "powiat", Authority.id).limit(1))
    if authority is None:
        raise HotspotsError("the inventory is empty", hint="import one: hotspots inventory import FILE")
    return authority


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not known: those like it, or all where they are few."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"there are {', '.join(names)}" if 0 < len(names) <= _MANY else ""
