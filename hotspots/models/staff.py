"""Members of staff."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import Authority


class StaffMember(Base):
    """Somebody who works with the dashboards. ``role`` is ``administrator``, ``technician`` or ``clerk``.

    A member of the powiat sees all authorities, a member of a gmina only their own.
    """

    __tablename__ = "staff_members"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), index=True)
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]

    authority: Mapped[Authority] = relationship()
