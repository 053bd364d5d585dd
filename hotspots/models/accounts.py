"""Accounts of residents."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import Authority
from hotspots.models.plans import ServicePlan


class Account(Base):
    """A resident who has a name (an e-mail address or another word) and a password, of which only a hash is kept.

    ``name`` is in the form of :func:`hotspots.residents.accounts.normalise`. Nothing else that names the person is
    kept, and nothing beside this row but sessions and remembered devices refers to it, by its number.
    """

    __tablename__ = "accounts"
    # SQLite would give the number of a deleted account, and with it the sessions of a stranger, to the next one.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy reads it as it stands
    notice_topic: ClassVar[str | None] = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("service_plans.id"), index=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    blocked_at: Mapped[datetime | None]

    authority: Mapped[Authority] = relationship()
    plan: Mapped[ServicePlan] = relationship()
