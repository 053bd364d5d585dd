"""What the portal grants by itself, at gateways that ask no RADIUS, and the controllers that it asks to let in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from hotspots.models.base import Base

_WAITING = text("taken_at IS NULL")


class Pass(Base):
    """One grant: what RADIUS would have said in an Accept, and how far its gateway has come with it.

    ``session_class`` is our Class attribute, ``session_key`` the key of the session in accounting. ``handle`` is how
    the gateway names the visitor: openNDS by the digest of a token, a controller by a number of its own.
    ``sent_at`` is when the gateway last fetched it, ``taken_at`` when it said that the visitor is in. Until then the
    limits are set aside for whom it counts for.
    """

    __tablename__ = "passes"
    __table_args__ = (
        Index("ix_passes_handle", "access_point_id", "handle"),
        Index("ix_passes_subject", "subject_kind", "subject_key", "granted_at"),
        Index("ix_passes_waiting", "access_point_id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_points.id"))
    session_key: Mapped[str] = mapped_column(unique=True)
    session_class: Mapped[bytes]
    user_name: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str] = mapped_column(index=True)
    client_ip: Mapped[str | None]
    handle: Mapped[str]
    subject_kind: Mapped[str]
    subject_key: Mapped[str]
    limit_seconds: Mapped[int | None] = mapped_column(BigInteger)
    limit_octets: Mapped[int | None] = mapped_column(BigInteger)
    granted_at: Mapped[datetime] = mapped_column(index=True)
    sent_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]


class Controller(Base):
    """What lets visitors in for several access points, by an API of its own.

    ``kind`` is ``unifi`` or ``smartzone``. ``certificate_sha256`` is the fingerprint that its certificate has to have;
    None where a public authority signed it. ``sealed_key`` is the key of its API, or the password; ``user_name`` goes
    with that where it has one.
    """

    __tablename__ = "controllers"

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    url: Mapped[str]
    sealed_key: Mapped[bytes]
    certificate_sha256: Mapped[str | None]
    user_name: Mapped[str | None]
