"""Service plans as rows."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.models.base import Base
from hotspots.plans import Plan


class ServicePlan(Base):
    """The limits of a plan; the fields and units are those of :class:`hotspots.plans.Plan`."""

    __tablename__ = "service_plans"
    notice_topic: ClassVar[str | None] = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    legal_basis: Mapped[str | None]
    rate_down_bps: Mapped[int | None] = mapped_column(BigInteger)
    rate_up_bps: Mapped[int | None] = mapped_column(BigInteger)
    session_seconds: Mapped[int | None]
    pause_seconds: Mapped[int | None]
    idle_seconds: Mapped[int | None]
    daily_seconds: Mapped[int | None]
    monthly_seconds: Mapped[int | None]
    daily_octets: Mapped[int | None] = mapped_column(BigInteger)
    monthly_octets: Mapped[int | None] = mapped_column(BigInteger)
    devices_at_once: Mapped[int | None]
    remember_seconds: Mapped[int | None]
    remember_random_seconds: Mapped[int | None]
    interim_seconds: Mapped[int] = mapped_column(default=300)

    def value(self) -> Plan:
        """The plan as the value that decisions are made with."""
        return Plan(**{field: getattr(self, field) for field in Plan.__struct_fields__})
