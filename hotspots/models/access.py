"""What lets somebody in: remembered devices, vouchers, and the tickets that were used."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.plans import ServicePlan


class DeviceGrant(Base):
    """A remembered device: until ``expires_at`` it gets in on any hotspot without a page."""

    __tablename__ = "device_grants"
    notice_topic: ClassVar[str | None] = "grants"

    device: Mapped[str] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("service_plans.id"), index=True)
    subject_kind: Mapped[str]
    subject_key: Mapped[str] = mapped_column(index=True)
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_points.id"), index=True)
    terms_version: Mapped[int]
    """The number of the clause (:class:`hotspots.models.Clause`) that was accepted with it."""
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    blocked_at: Mapped[datetime | None]


class VoucherBatch(Base):
    """Vouchers made together: same plan, same authority, same rules.

    ``lifetime_seconds`` runs from the first login with a voucher; ``total_seconds`` and ``total_octets`` are the
    budget of each voucher over all its sessions, None where only the plan limits it.
    """

    __tablename__ = "voucher_batches"
    notice_topic: ClassVar[str | None] = "voucher_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("service_plans.id"), index=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    lifetime_seconds: Mapped[int | None]
    total_seconds: Mapped[int | None]
    total_octets: Mapped[int | None] = mapped_column(BigInteger)

    plan: Mapped[ServicePlan] = relationship()
    vouchers: Mapped[list[Voucher]] = relationship(back_populates="batch", order_by="Voucher.id")


class Voucher(Base):
    """One voucher. The code is kept encrypted for reprinting; it is found by its keyed digest."""

    __tablename__ = "vouchers"
    notice_topic: ClassVar[str | None] = "vouchers"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("voucher_batches.id"), index=True)
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    sealed_code: Mapped[bytes]
    first_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    batch: Mapped[VoucherBatch] = relationship(back_populates="vouchers")


class UsedTicket(Base):
    """A login ticket that let somebody in; kept until the ticket would have expired anyway."""

    __tablename__ = "used_tickets"

    nonce: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
