"""Faults that residents reported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import Hotspot


class FaultReport(Base):
    """One report, found by its random ``number``. Nobody's device or name is kept with it.

    ``trouble`` is one of :class:`hotspots.residents.fault_reports.Trouble`, ``sealed_words`` what was typed about it.
    ``closed_at`` is when staff said that it is mended; None while it is open.
    """

    __tablename__ = "fault_reports"
    __table_args__ = (
        Index("ix_fault_reports_hotspot_id_reported_at", "hotspot_id", "reported_at"),
        Index("ix_fault_reports_closed_at_reported_at", "closed_at", "reported_at"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    hotspot_id: Mapped[int] = mapped_column(ForeignKey("hotspots.id", ondelete="CASCADE"))
    trouble: Mapped[str]
    sealed_words: Mapped[bytes | None]
    reported_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]

    hotspot: Mapped[Hotspot] = relationship()
