"""Visitors whom a member of staff was asked to let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import Hotspot


class SponsorRequest(Base):
    """One visitor who waits, or waited, for a yes; kept for a day. ``sealed_words`` is who they say that they are."""

    __tablename__ = "sponsor_requests"
    __table_args__ = (
        Index("ix_sponsor_requests_device_asked_at", "device", "asked_at"),
        Index("ix_sponsor_requests_hotspot_id_asked_at", "hotspot_id", "asked_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    hotspot_id: Mapped[int] = mapped_column(ForeignKey("hotspots.id", ondelete="CASCADE"))
    device: Mapped[str]
    sealed_words: Mapped[bytes]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    granted: Mapped[bool] = mapped_column(default=False)

    hotspot: Mapped[Hotspot] = relationship()
