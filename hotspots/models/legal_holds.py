"""What must not be erased for a while, because somebody who may has ordered it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from hotspots.models.base import Base


class LegalHold(Base):
    """A hold on single records. ``kind`` is a :class:`hotspots.legal_holds.Kind`, ``subject`` whose it is.

    ``reason`` is the order and its file number, ``ordered_by`` who ordered it or decided to follow it. It counts for
    nothing from ``until`` on, and the row is deleted then, since it names somebody.
    """

    __tablename__ = "legal_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]
    ordered_by: Mapped[str]
    placed_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
