"""The packets that a gateway sends, each make in its own form. Values in, pyrad's packets out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from ipaddress import ip_address
from typing import Final

from pyrad.dictionary import Dictionary
from pyrad.packet import AcctPacket, AuthPacket, Packet

from monitoring.synthetic.access_point import AccessPoint

_GIGAWORD: Final = 1 << 32
_LOW: Final = _GIGAWORD - 1
_VIEW_NAS, _VIEW_CLIENT = 1, 2


@dataclass(frozen=True, slots=True)
class Client:
    """The resident's device as the gateway knows it: its address on the radio, and the one it was leased."""

    mac: str
    address: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Pap:
    """A name with a password, as it stands in an Access-Request."""

    user_name: str
    password: bytes


@dataclass(frozen=True, slots=True)
class Chap:
    """A name with the answer to a challenge (RFC 2865, section 2.2): identifier 0 and 16 octets."""

    user_name: str
    challenge: bytes
    response: bytes


Credentials = Pap | Chap


@dataclass(frozen=True, slots=True)
class Figures:
    """What a gateway has counted: simulated seconds online, and octets as the resident sees their direction."""

    seconds: int
    octets_up: int
    octets_down: int


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """The attributes that simulated gateways know."""
    return Dictionary(str(files("monitoring.synthetic") / "dictionary"))


def secret_of(access_point: AccessPoint) -> bytes:
    """The RADIUS secret as pyrad wants it."""
    return access_point.secret.get_secret_value().encode()


def mac_credentials(access_point: AccessPoint, mac: str) -> Pap:
    """How this make asks whether it knows a device: the MAC address as name and password."""
    name = _written(access_point, mac)
    return Pap(name, name.encode())


def access_request(
    access_point: AccessPoint, client: Client, credentials: Credentials, *, by_mac: bool = False
) -> AuthPacket:
    """An Access-Request, its Message-Authenticator first; the identifier is the sender's to set."""
    packet = AuthPacket(secret=secret_of(access_point), dict=dictionary())
    packet.add_message_authenticator()
    packet["User-Name"] = credentials.user_name
    if isinstance(credentials, Pap):
        packet["User-Password"] = packet.PwCrypt(credentials.password)
    else:
        packet["CHAP-Password"] = b"\0" + credentials.response
        packet["CHAP-Challenge"] = credentials.challenge
    service = _service_type(access_point, by_mac=by_mac)
    if service is not None:
        packet["Service-Type"] = service
    _name_both_ends(packet, access_point, client)
    return packet


def accounting_request(
    access_point: AccessPoint,
    client: Client,
    user_name: str,
    status: str,
    figures: Figures,
    *,
    classes: tuple[bytes, ...] = (),
    cause: str | None = None,
    now: datetime,
) -> AcctPacket:
    """An Accounting-Request (RFC 2866); octets as this gateway counts them, with gigawords (RFC 2869)."""
    packet = AcctPacket(secret=secret_of(access_point), dict=dictionary())
    packet["Acct-Status-Type"] = status
    packet["User-Name"] = user_name
    _name_both_ends(packet, access_point, client)
    for value in classes:
        packet.AddAttribute("Class", value)
    packet["Event-Timestamp"] = int(now.timestamp())
    packet["Acct-Delay-Time"] = 0
    if status != "Start":
        _count(packet, access_point, figures)
    if cause is not None:
        packet["Acct-Terminate-Cause"] = cause
    return packet


def _count(packet: AcctPacket, access_point: AccessPoint, figures: Figures) -> None:
    received, sent = figures.octets_up, figures.octets_down
    if access_point.octets_from_client_view:
        received, sent = sent, received
    if access_point.gateway == "coovachilli":
        view = _VIEW_CLIENT if access_point.octets_from_client_view else _VIEW_NAS
        packet["CoovaChilli-Acct-View-Point"] = view
    packet["Acct-Session-Time"] = figures.seconds
    packet["Acct-Input-Octets"] = received & _LOW
    packet["Acct-Output-Octets"] = sent & _LOW
    packet["Acct-Input-Gigawords"] = received // _GIGAWORD
    packet["Acct-Output-Gigawords"] = sent // _GIGAWORD


def _name_both_ends(packet: Packet, access_point: AccessPoint, client: Client) -> None:
    packet["NAS-Identifier"] = access_point.nas_identifier
    if ip_address(access_point.address).version == 4:
        packet["NAS-IP-Address"] = access_point.address
    packet["NAS-Port-Type"] = "Wireless-802.11"
    packet["Calling-Station-Id"] = _written(access_point, client.mac)
    packet["Framed-IP-Address"] = client.address
    packet["Acct-Session-Id"] = client.session_id
    if access_point.gateway == "mikrotik":
        packet["Called-Station-Id"] = "hotspot1"
        packet["NAS-Port-Id"] = "bridge-hotspot"
        packet["Mikrotik-Host-IP"] = client.address
    else:
        packet["Called-Station-Id"] = _written(access_point, access_point.mac)


def _written(access_point: AccessPoint, mac: str) -> str:
    """A MAC address as this make writes it: RouterOS with colons, CoovaChilli and most others with dashes."""
    return mac.upper() if access_point.gateway == "mikrotik" else mac.upper().replace(":", "-")


def _service_type(access_point: AccessPoint, *, by_mac: bool) -> str | None:
    if access_point.gateway == "mikrotik":
        return None  # RouterOS' hotspot sends none
    if not by_mac:
        return "Login-User"
    return "Framed-User" if access_point.has_portal_visit else "Call-Check"
