"""`/etc/config/system`: name, time zone, clock; and how IANA's time zones are written for the C library."""

from importlib.resources import files

from config_templates.errors import ConfigError
from config_templates.intent import AccessPointIntent
from config_templates.openwrt.section import Section, section


def system(intent: AccessPointIntent) -> tuple[Section, ...]:
    """Host name, place, time zone and NTP (openwrt.org, "/etc/config/system")."""
    return (
        section(
            "system",
            "system",
            {
                "hostname": intent.hostname,
                "description": intent.hotspot_name,
                "timezone": posix_time_zone(intent.time_zone),
                "zonename": intent.time_zone,
                "ttylogin": True,
                "log_size": 128,
            },
        ),
        section(
            "timeserver",
            "ntp",
            {"enabled": True, "enable_server": False, "use_dhcp": False},
            {"server": intent.ntp_servers},
        ),
    )


def posix_time_zone(name: str) -> str:
    """The POSIX TZ text of a time zone, such as `CET-1CEST,M3.5.0,M10.5.0/3` (the footer of RFC 8536, section 3.3).

    Raises:
        ConfigError: The time zone is unknown, or has no such text.
    """
    area, _, place = name.rpartition("/")
    package = ".".join(("tzdata", "zoneinfo", *filter(None, area.split("/"))))
    try:
        footer = files(package).joinpath(place).read_bytes().rstrip(b"\n").rpartition(b"\n")[2]
    except (ModuleNotFoundError, OSError):
        raise ConfigError("time_zone", "must be an IANA name such as Europe/Warsaw") from None
    if not footer:
        raise ConfigError("time_zone", "has no POSIX form; use one such as Europe/Warsaw")
    return footer.decode("ascii")
