"""The tables. Importing this package makes all of them known to the metadata."""

from hotspots.models.access import DeviceGrant, UsedTicket, Voucher, VoucherBatch
from hotspots.models.accounts import Account
from hotspots.models.base import Base, Instant
from hotspots.models.certificates import Certificate
from hotspots.models.contacts import CodeSpending, Contact, Passkey, SentCode
from hotspots.models.fault_reports import FaultReport
from hotspots.models.legal_holds import LegalHold
from hotspots.models.passes import Controller, Pass
from hotspots.models.places import AccessPoint, AccessPointState, Authority, Hotspot, Kiosk
from hotspots.models.plans import ServicePlan
from hotspots.models.public_pages import Clause, CoatOfArms
from hotspots.models.records import AuditEntry, Change, LoginDecision, SpoolPosition
from hotspots.models.sessions import NAMES_SOMEBODY, Session, SessionCommand, UsageHour
from hotspots.models.sponsoring import SponsorRequest
from hotspots.models.staff import StaffMember

__all__ = [
    "NAMES_SOMEBODY",
    "AccessPoint",
    "AccessPointState",
    "Account",
    "AuditEntry",
    "Authority",
    "Base",
    "Certificate",
    "Change",
    "Clause",
    "CoatOfArms",
    "CodeSpending",
    "Contact",
    "Controller",
    "DeviceGrant",
    "FaultReport",
    "Hotspot",
    "Instant",
    "Kiosk",
    "LegalHold",
    "LoginDecision",
    "Pass",
    "Passkey",
    "SentCode",
    "ServicePlan",
    "Session",
    "SessionCommand",
    "SponsorRequest",
    "SpoolPosition",
    "StaffMember",
    "UsageHour",
    "UsedTicket",
    "Voucher",
    "VoucherBatch",
]
