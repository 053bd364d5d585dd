"""Certificates of our own authority: the authority itself, the RadSec server, and access points."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.models.base import Base
from hotspots.models.places import AccessPoint


class Certificate(Base):
    """One certificate. ``kind`` is ``authority``, ``server`` or ``access_point``, ``name`` what it is made out to.

    ``serial`` and ``fingerprint`` (SHA-256 of the DER) are hexadecimal. ``sealed_key`` is the private key of the
    authority and of the server; an access point's is never kept here. RADIUS is told as of the access points, since
    it knows them by these.
    """

    __tablename__ = "certificates"
    notice_topic: ClassVar[str | None] = "access_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    access_point_id: Mapped[int | None] = mapped_column(ForeignKey("access_points.id"), index=True)
    serial: Mapped[str] = mapped_column(unique=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    pem: Mapped[str]
    sealed_key: Mapped[bytes | None]
    revoked_at: Mapped[datetime | None]

    access_point: Mapped[AccessPoint | None] = relationship()
