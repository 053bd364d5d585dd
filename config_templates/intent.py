"""What an access point shall be, without a word of any make's configuration language."""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import ClassVar
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from config_templates import checks
from config_templates.address_plan import AddressPlan
from config_templates.errors import ConfigError
from config_templates.radio import Radio

DEFAULT_NTP_SERVERS = ("tempus1.gum.gov.pl", "tempus2.gum.gov.pl", "0.pl.pool.ntp.org")
# Below it CoovaChilli falls back to its own default of 300 seconds.
SHORTEST_INTERIM_SECONDS = 60
MAX_SECRET_OCTETS = 127


@dataclass(frozen=True)
class RadiusServer:
    """A RADIUS server as the access point calls it: IPv4 address or host name, and its two UDP ports."""

    address: str
    auth_port: int = 1812
    acct_port: int = 1813

    def __post_init__(self) -> None:
        checks.host("radius_servers.address", self.address)
        checks.port("radius_servers.auth_port", self.auth_port)
        checks.port("radius_servers.acct_port", self.acct_port)

    @property
    def ip(self) -> IPv4Address | None:
        """The address, or None where the server is given by name."""
        return checks.ipv4(self.address)


@dataclass(frozen=True)
class RadSec:
    """How the RADIUS servers are called over TLS (RFC 6614): their TCP port, and to whom the certificate is made out.

    ``certificate`` is the common name of the access point's own.
    """

    port: int
    certificate: str

    def __post_init__(self) -> None:
        checks.port("radsec.port", self.port)
        checks.text("radsec.certificate", self.certificate, most_octets=checks.MAX_COMMON_NAME_OCTETS)


@dataclass(frozen=True)
class AccessPointIntent:
    """One access point, complete and checked; the same intent renders to the same bytes.

    Attributes:
        make: Whose configuration language is wanted: `openwrt`, `mikrotik`.
        gateway: What keeps the gate on it: `coovachilli`, `mikrotik`.
        hostname: Its host name, one label.
        nas_identifier: What it calls itself in RADIUS.
        hotspot_name: Name of the public place, for people.
        ssid: The network's name, 1 to 32 octets of UTF-8 (IEEE 802.11-2020, 9.4.2.2).
        outdoor: Whether it stands outdoors; its radios must agree.
        radios: At least one.
        plan: The residents' network. The uplink gets its address by DHCP.
        portal_base_url: The portal as residents' browsers reach it, without a final slash.
        radius_servers: One or two, in order of preference.
        radius_secret: Shared with the RADIUS servers.
        uam_secret: Shared with the portal; signs CoovaChilli's redirects.
        radsec: RADIUS over TLS; None where UDP is spoken.
        coa_port: UDP port on which it takes Disconnect and CoA (RFC 5176).
        walled_garden: Hosts that residents reach before they are signed in, beside the portal.
        mac_authentication: Whether it asks by MAC address for devices that come back.
        interim_seconds: Between accounting updates, where the server names no other.
        radius_timeout_seconds: Before a request is sent again.
        ntp_servers: Where it gets the time.
        time_zone: An IANA name.
        management_networks: From where it may be administered; the RADIUS servers always may.
        uplink: Name of its uplink port, or None for the make's usual one.

    Raises:
        ConfigError: A value that no access point could be configured with; names the field.
    """

    country: ClassVar[str] = "PL"

    make: str
    gateway: str
    hostname: str
    nas_identifier: str
    hotspot_name: str
    ssid: str
    outdoor: bool
    radios: tuple[Radio, ...]
    plan: AddressPlan
    portal_base_url: str
    radius_servers: tuple[RadiusServer, ...]
    radius_secret: SecretStr
    uam_secret: SecretStr
    radsec: RadSec | None = None
    coa_port: int = 3799
    walled_garden: tuple[str, ...] = ()
    mac_authentication: bool = True
    interim_seconds: int = 300
    radius_timeout_seconds: int = 3
    ntp_servers: tuple[str, ...] = DEFAULT_NTP_SERVERS
    time_zone: str = "Europe/Warsaw"
    management_networks: tuple[IPv4Network, ...] = field(default=())
    uplink: str | None = None

    def __post_init__(self) -> None:
        self._check_names()
        self._check_radios()
        self._check_radius()
        self._check_reach()

    @property
    def portal_host(self) -> str:
        """Host name or address of the portal."""
        return urlsplit(self.portal_base_url).hostname or ""

    @property
    def portal_port(self) -> int:
        """TCP port of the portal."""
        parts = urlsplit(self.portal_base_url)
        return parts.port or (443 if parts.scheme == "https" else 80)

    @property
    def garden_hosts(self) -> tuple[str, ...]:
        """Every host that residents reach before they are signed in: the portal first, none twice."""
        return tuple(dict.fromkeys((self.portal_host, *self.walled_garden)))

    @property
    def captive_portal_api_url(self) -> str | None:
        """The portal's RFC 8908 API, to which the device's MAC address is added, for DHCP option 114.

        None where the portal has no HTTPS, which RFC 8910, section 2 demands.
        """
        if not self.portal_base_url.startswith("https://"):
            return None
        return f"{self.portal_base_url}/api/captive-portal/{quote(self.nas_identifier, safe='')}/"

    @property
    def management_sources(self) -> tuple[IPv4Network, ...]:
        """From where it may be administered; empty where nothing is known, which must not lock anybody out."""
        servers = tuple(IPv4Network(server.ip) for server in self.radius_servers if server.ip is not None)
        return tuple(dict.fromkeys((*servers, *self.management_networks)))

    def _check_names(self) -> None:
        checks.host_label("hostname", self.hostname)
        checks.text("nas_identifier", self.nas_identifier, most_octets=checks.MAX_RADIUS_ATTRIBUTE_OCTETS)
        checks.text("hotspot_name", self.hotspot_name, most_octets=checks.MAX_RADIUS_ATTRIBUTE_OCTETS)
        checks.text("ssid", self.ssid, most_octets=checks.MAX_SSID_OCTETS)

    def _check_radios(self) -> None:
        if not self.radios:
            raise ConfigError("radios", "an access point needs at least one radio")
        for index, radio in enumerate(self.radios):
            if radio.outdoor != self.outdoor:
                raise ConfigError(f"radios[{index}].outdoor", "differs from the hotspot's; the rules hang on it")
        names = [radio.phy for radio in self.radios if radio.phy is not None]
        if len(set(names)) != len(names):
            raise ConfigError("radios", "two radios have the same phy")

    def _check_radius(self) -> None:
        if not 1 <= len(self.radius_servers) <= 2:
            raise ConfigError("radius_servers", "give one or two; gateways know no more")
        for name in ("radius_secret", "uam_secret"):
            checks.text(name, getattr(self, name).get_secret_value(), most_octets=MAX_SECRET_OCTETS)
        checks.port("coa_port", self.coa_port)
        if self.interim_seconds < SHORTEST_INTERIM_SECONDS:
            raise ConfigError("interim_seconds", f"must be at least {SHORTEST_INTERIM_SECONDS}")
        if not 1 <= self.radius_timeout_seconds <= 30:
            raise ConfigError("radius_timeout_seconds", "must be 1 to 30")

    def _check_reach(self) -> None:
        checks.base_url("portal_base_url", self.portal_base_url)
        for index, name in enumerate(self.walled_garden):
            checks.host(f"walled_garden[{index}]", name)
        for index, name in enumerate(self.ntp_servers):
            checks.host(f"ntp_servers[{index}]", name)
        if self.uplink is not None:
            checks.text("uplink", self.uplink, most_octets=15)
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise ConfigError("time_zone", "must be an IANA name such as Europe/Warsaw") from None
