"""The inventory as values: what the YAML file says, field by field.

Names and units are those of the tables. Authorities hold their hotspots, and hotspots their access points and
kiosks; plans stand for themselves and are named by their slug. A field that is left out has its default.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from hotspots.access_points import transports
from hotspots.access_points.whereabouts import DYNAMIC
from hotspots.inventory.fields import (
    Address,
    Decibel,
    DeviceName,
    Latitude,
    Longitude,
    Mac,
    NasIdentifier,
    Port,
    Positive,
    Secret,
    Slug,
    Ssid,
    Text,
    Uuid,
)
from hotspots.inventory.public_page import PageEntry
from hotspots.public_pages import ways_in

Make = Literal[
    "openwrt",
    "mikrotik",
    "unifi",
    "aruba",
    "cambium",
    "ruckus",
    "cisco",
    "fortinet",
    "meraki",
    "omada",
    "linux",
]
Gateway = Literal[
    "coovachilli",
    "uspot",
    "opennds",
    "mikrotik",
    "unifi",
    "aruba",
    "cambium",
    "ruckus",
    "smartzone",
    "cisco",
    "fortinet",
    "meraki",
    "omada",
    "wispr",
]
SignaturePolicy = Literal["required", "learn", "optional"]
"""Whether an Access-Request must have a Message-Authenticator: always, from the first one on, or never."""

RadiusTransport = Literal["udp", "radsec"]

PlaceKind = Literal[
    "office",
    "library",
    "culture-centre",
    "market-square",
    "school",
    "health",
    "sport",
    "park",
    "transport",
    "other",
]
WayInName = Literal["tap", "voucher", "sms", "email", "account", "sponsor"]
MOST_GRACE_SECONDS = 900
# Retention law speaks of 12 months and of destruction after them; nothing asks for more.
RETENTION_DAYS_AT_MOST = 365


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class PlanEntry(_Entry):
    """A service plan; see :class:`hotspots.plans.Plan` for what each limit means. Left out is unlimited."""

    slug: Slug
    name: Text
    legal_basis: Text | None = None
    rate_down_bps: Positive | None = None
    rate_up_bps: Positive | None = None
    session_seconds: Positive | None = None
    pause_seconds: Positive | None = None
    idle_seconds: Positive | None = None
    daily_seconds: Positive | None = None
    monthly_seconds: Positive | None = None
    daily_octets: Positive | None = None
    monthly_octets: Positive | None = None
    devices_at_once: Positive | None = None
    remember_seconds: Positive | None = None
    remember_random_seconds: Positive | None = None
    # RFC 2869, section 5.16: not below 60 seconds.
    interim_seconds: Annotated[int, Field(ge=60, le=3600)] = 300

    @model_validator(mode="after")
    def _pause_follows_a_session(self) -> Self:
        if self.pause_seconds is not None and self.session_seconds is None:
            raise ValueError("pause_seconds needs session_seconds: the pause begins when the session time is spent")
        return self


class RadioEntry(_Entry):
    """A radio of an access point. ``power_dbm`` is at the connector; left out it is the most that is allowed."""

    band: Literal["2g", "5g"]
    channel: Positive
    width_mhz: Literal[20, 40, 80] = 20
    standard: Literal["n", "ac", "ax"] | None = None
    antenna_gain_dbi: Decibel = 0.0
    cable_loss_db: Decibel = 0.0
    power_dbm: Annotated[int, Field(ge=0, le=40)] | None = None
    phy: Text | None = None


class AccessPointEntry(_Entry):
    """An access point: the gateway that asks by RADIUS. Without ``nas_identifier`` it calls itself by its name.

    ``address`` is from where it calls: an IP address, a subnet, a host name, or ``dynamic``
    (:mod:`hotspots.access_points.whereabouts`). ``secret`` and ``uam_secret`` are made where they are left out, and
    kept from then on. ``former_secret`` is good, too, while the secret is being changed. ``timeout_ms`` is how long
    it waits for an answer, ``radius_transport`` what its configuration is made for. ``fas_level`` is how openNDS
    sends its visitors (its option ``fas_secure_enabled``); ``controller`` and ``site`` say who lets visitors in where
    the portal has to ask.
    """

    name: DeviceName
    make: Make
    gateway: Gateway
    address: Address
    nas_identifier: NasIdentifier | None = None
    message_authenticator: SignaturePolicy = "required"
    octets_from_client_view: bool = False
    mac_authentication: bool = True
    coa_port: Port = 3799
    timeout_ms: Annotated[int, Field(ge=100, le=60_000)] | None = None
    radius_transport: RadiusTransport = "udp"
    secret: Secret | None = None
    former_secret: Secret | None = None
    uam_secret: Secret | None = None
    fas_level: Annotated[int, Field(ge=1, le=4)] = 3
    controller: Annotated[Slug | None, Field(validate_default=True)] = None
    site: Text | None = None
    radios: list[RadioEntry] = []

    @field_validator("nas_identifier")
    @classmethod
    def _said_once(cls, value: str | None, info: ValidationInfo) -> str | None:
        # One form for one meaning: what is exported does not depend on how it was written.
        return None if value == info.data.get("name") else value

    @field_validator("radius_transport")
    @classmethod
    def _its_templates_know_it(cls, value: RadiusTransport, info: ValidationInfo) -> RadiusTransport:
        if "make" in info.data and "gateway" in info.data:
            wrong = transports.fault(value, info.data["make"], info.data["gateway"])
            if wrong is not None:
                raise ValueError(wrong)
        return value

    @field_validator("controller")
    @classmethod
    def _smartzone_is_spoken_to(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("gateway") == "smartzone":
            raise ValueError(
                "gateway smartzone needs a controller: the name by which hotspots controller add knows it"
            )
        return value

    @model_validator(mode="after")
    def _who_has_no_address_signs(self) -> Self:
        if self.address == DYNAMIC and self.message_authenticator != "required":
            raise ValueError("address dynamic needs message_authenticator required: nothing else proves who calls")
        return self

    @property
    def identifier(self) -> str:
        """The NAS-Identifier that it sends."""
        return self.nas_identifier or self.name


class KioskEntry(_Entry):
    """A public terminal; ``device`` is its MAC address, by which it gets in."""

    slug: Slug
    name: Text
    plan: Slug
    device: Mac | None = None


class HotspotEntry(_Entry):
    """A public place. ``opening_hours`` are as in OpenStreetMap (``Mo-Fr 07:30-15:30``), left out: always.

    ``ways_in`` stand on the login page in this order. ``grace_plan`` is the plan of those who fetch a code by e-mail;
    ``wifi4eu_network`` the identifier of a network of WiFi4EU.
    """

    slug: Slug
    name: Text
    place_kind: PlaceKind
    address: Text
    latitude: Latitude
    longitude: Longitude
    declared_range_m: Annotated[int, Field(ge=1, le=2000)]
    outdoor: bool = False
    opening_hours: Text | None = None
    ssid: Ssid
    plan: Slug
    ways_in: Annotated[list[WayInName], Field(min_length=1)] = ["tap", "voucher"]
    grace_plan: Slug | None = None
    wifi4eu_network: Uuid | None = None
    access_points: list[AccessPointEntry] = []
    kiosks: list[KioskEntry] = []


class AuthorityEntry(_Entry):
    """A gmina or the powiat. How long session data is kept is a decision, and the document of it is named."""

    slug: Slug
    name: Text
    kind: Literal["powiat", "gmina"]
    email: Text | None = None
    phone: Text | None = None
    website: Text | None = None
    retention_mode: Literal["undecided", "no-duty", "12-months"]
    retention_days: Annotated[int, Field(ge=1, le=RETENTION_DAYS_AT_MOST)]
    retention_decision: Text | None = None
    sms_monthly_grosze: Positive | None = None
    page: PageEntry | None = None
    hotspots: list[HotspotEntry] = []

    @model_validator(mode="after")
    def _a_decision_is_written_down(self) -> Self:
        if self.retention_mode != "undecided" and self.retention_decision is None:
            raise ValueError(f"retention_mode {self.retention_mode} needs retention_decision: who and when")
        return self

    @model_validator(mode="after")
    def _ways_in_can_be_gone(self) -> Self:
        for hotspot in self.hotspots:
            wrong = ways_in.fault(
                hotspot.ways_in,
                wifi4eu=hotspot.wifi4eu_network is not None,
                grace=hotspot.grace_plan is not None,
                sms_paid=self.sms_monthly_grosze is not None,
            )
            if wrong is not None:
                raise ValueError(f"ways_in of {hotspot.slug} {wrong}")
        return self


class Inventory(_Entry):
    """The whole inventory."""

    plans: list[PlanEntry]
    authorities: list[AuthorityEntry]

    @model_validator(mode="after")
    def _grace_is_short(self) -> Self:
        plans = {plan.slug: plan for plan in self.plans}
        for hotspot in (hotspot for authority in self.authorities for hotspot in authority.hotspots):
            grace = plans.get(hotspot.grace_plan or "")
            if grace is None:
                continue
            if (grace.session_seconds or MOST_GRACE_SECONDS + 1) > MOST_GRACE_SECONDS or grace.remember_seconds:
                raise ValueError(
                    f"grace_plan {grace.slug} of {hotspot.slug} must have session_seconds of at most"
                    f" {MOST_GRACE_SECONDS} and no remember_seconds: it is for fetching a code"
                )
        return self
