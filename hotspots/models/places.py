"""Who runs the network and where it is: authorities, hotspots, access points, kiosks."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hotspots.access_points import transports
from hotspots.models.base import Base
from hotspots.models.plans import ServicePlan
from hotspots.public_pages import ways_in


class Authority(Base):
    """A gmina, or the powiat itself: the tenant, and the controller of its residents' data.

    ``sms_monthly_grosze`` is the most that codes by SMS may cost it in a month, in hundredths of a zloty; None where
    it has not decided to pay for any. ``page`` is what its pages say and look like, as the inventory's
    :class:`hotspots.inventory.public_page.PageEntry` has it.
    """

    __tablename__ = "authorities"
    notice_topic: ClassVar[str | None] = "access_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    website: Mapped[str | None]
    retention_mode: Mapped[str] = mapped_column(default="undecided")
    retention_days: Mapped[int] = mapped_column(default=30)
    retention_decision: Mapped[str | None]
    sms_monthly_grosze: Mapped[int | None]
    page: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    hotspots: Mapped[list[Hotspot]] = relationship(back_populates="authority", order_by="Hotspot.slug")


class Hotspot(Base):
    """A public place with Internet access.

    ``ways_in`` are those of :class:`hotspots.public_pages.ways_in.WayIn`, in the order of the page. ``grace_plan`` is
    what somebody gets who has to fetch a code by e-mail first. ``wifi4eu_network`` is the identifier from the
    installation report of WiFi4EU, where the hotspot is one of that scheme.
    """

    __tablename__ = "hotspots"
    notice_topic: ClassVar[str | None] = "access_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    authority_id: Mapped[int] = mapped_column(ForeignKey("authorities.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("service_plans.id"), index=True)
    place_kind: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    declared_range_m: Mapped[int]
    outdoor: Mapped[bool] = mapped_column(default=False)
    opening_hours: Mapped[str | None]
    ssid: Mapped[str]
    ways_in: Mapped[list[str]] = mapped_column(JSON, default=lambda: list(ways_in.DEFAULT))
    grace_plan_id: Mapped[int | None] = mapped_column(ForeignKey("service_plans.id"), index=True)
    wifi4eu_network: Mapped[str | None]

    authority: Mapped[Authority] = relationship(back_populates="hotspots")
    plan: Mapped[ServicePlan] = relationship(foreign_keys=[plan_id])
    grace_plan: Mapped[ServicePlan | None] = relationship(foreign_keys=[grace_plan_id])
    access_points: Mapped[list[AccessPoint]] = relationship(back_populates="hotspot", order_by="AccessPoint.name")
    kiosks: Mapped[list[Kiosk]] = relationship(back_populates="hotspot", order_by="Kiosk.slug")


class AccessPoint(Base):
    """A NAS: the device that asks by RADIUS. Removed ones stay as rows, since their sessions refer to them.

    ``address`` is an IP address, a subnet in CIDR form, a host name, or ``dynamic``
    (:mod:`hotspots.access_points.whereabouts`). ``message_authenticator`` is the policy: ``required``, ``learn`` or
    ``optional``. While the secret is being changed, the former one is good, too. ``timeout_ms`` is how long it waits
    for an answer, where that is known. ``octets_from_client_view`` says that the gateway counts as the client sees
    it, so that Acct-Input-Octets is the download (CoovaChilli without ``swapoctets``). ``fas_level`` is openNDS' own
    ``fas_secure_enabled``; ``controller`` names what lets visitors in where the portal has to ask, ``site`` is what
    that calls the place. ``secret_set_at`` is since when it has its secret; ``radius_transport`` is what it is
    configured for (:mod:`hotspots.access_points.transports`), and not what it was seen to speak.
    """

    __tablename__ = "access_points"
    notice_topic: ClassVar[str | None] = "access_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    nas_identifier: Mapped[str] = mapped_column(unique=True)
    hotspot_id: Mapped[int] = mapped_column(ForeignKey("hotspots.id"), index=True)
    make: Mapped[str]
    gateway: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    sealed_secret: Mapped[bytes]
    sealed_uam_secret: Mapped[bytes]
    sealed_former_secret: Mapped[bytes | None]
    secret_changed_at: Mapped[datetime | None]
    secret_set_at: Mapped[datetime | None]
    timeout_ms: Mapped[int | None]
    radius_transport: Mapped[str] = mapped_column(default=transports.UDP)
    message_authenticator: Mapped[str] = mapped_column(default="required")
    octets_from_client_view: Mapped[bool] = mapped_column(default=False)
    mac_authentication: Mapped[bool] = mapped_column(default=True)
    coa_port: Mapped[int] = mapped_column(default=3799)
    fas_level: Mapped[int] = mapped_column(default=3)
    controller: Mapped[str | None]
    site: Mapped[str | None]
    radios: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    removed_at: Mapped[datetime | None]

    hotspot: Mapped[Hotspot] = relationship(back_populates="access_points")


class AccessPointState(Base):
    """What was heard of an access point, kept beside it so that hearing it is no change of the inventory.

    ``signed_at`` is when its first Access-Request with a Message-Authenticator was seen. When each secret was last
    used is noted while there are two. ``resolved_addresses`` is the last good answer for its host name, addresses
    with commas between, and ``resolved_at`` since when it is that. ``unsigned_at`` is when a login without
    Message-Authenticator came last; ``clock_skew_seconds`` is how far its clock was ahead of ours, by
    Event-Timestamp, and ``transport`` how it spoke last (``udp`` or ``radsec``).
    """

    __tablename__ = "access_point_states"

    access_point_id: Mapped[int] = mapped_column(ForeignKey("access_points.id"), primary_key=True)
    last_login_at: Mapped[datetime | None]
    last_accounting_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    secret_used_at: Mapped[datetime | None]
    former_secret_used_at: Mapped[datetime | None]
    resolved_addresses: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    unsigned_at: Mapped[datetime | None]
    clock_skew_seconds: Mapped[float | None]
    clock_seen_at: Mapped[datetime | None]
    transport: Mapped[str | None]
    transport_seen_at: Mapped[datetime | None]


class Kiosk(Base):
    """A public terminal ("infomat") in a hotspot."""

    __tablename__ = "kiosks"
    notice_topic: ClassVar[str | None] = "access_points"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    hotspot_id: Mapped[int] = mapped_column(ForeignKey("hotspots.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("service_plans.id"), index=True)
    device: Mapped[str | None] = mapped_column(unique=True)

    hotspot: Mapped[Hotspot] = relationship(back_populates="kiosks")
    plan: Mapped[ServicePlan] = relationship()
