"""What an authority shows residents: its coat of arms, and the privacy clauses that it has had so far."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.models.base import Base


class CoatOfArms(Base):
    """The picture beside an authority's name: a PNG that :mod:`hotspots.public_pages.coat_of_arms` looked through."""

    __tablename__ = "coats_of_arms"
    notice_topic: ClassVar[str | None] = "coats_of_arms"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id", ondelete="CASCADE"), primary_key=True)
    png: Mapped[bytes]


class Clause(Base):
    """One version of an authority's privacy clause with the terms of use beside it: what residents accepted.

    ``number`` is counted over all authorities; a grant keeps it as ``terms_version``. ``facts`` are those of
    :class:`hotspots.public_pages.clauses.Facts`, from which the text can be made again in each language. Versions are
    never changed; grants from before there were any say 1.
    """

    __tablename__ = "clauses"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
