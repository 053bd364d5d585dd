"""HotSpot and walled garden of a RouterOS access point (help.mikrotik.com, "Hotspot")."""

from config_templates import checks
from config_templates.intent import AccessPointIntent
from config_templates.mikrotik.basics import BRIDGE
from config_templates.mikrotik.quoting import Word
from config_templates.mikrotik.statement import Statement, statement


def hotspot(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """The HotSpot on the residents' bridge.

    Neither cookie: each would let a device in again without RADIUS having been asked. How many devices, how long
    and how fast is for RADIUS to say, so the local profile limits nothing.
    """
    return (
        statement("/ip hotspot profile", "add", _profile(intent)),
        statement(
            "/ip hotspot user profile",
            "set",
            {"add-mac-cookie": False, "shared-users": Word("unlimited"), "keepalive-timeout": Word("2m")},
            find=("default", Word("yes")),
        ),
        statement(
            "/ip hotspot",
            "add",
            {
                "name": BRIDGE,
                "interface": BRIDGE,
                "profile": BRIDGE,
                "address-pool": Word("none"),
                "addresses-per-mac": 2,
                "disabled": False,
            },
        ),
    )


def walled_garden(intent: AccessPointIntent) -> tuple[Statement, ...]:
    """The portal and the other open hosts: by name for HTTP, by address for everything else."""
    return tuple(entry for host in intent.garden_hosts for entry in _garden(host))


def _profile(intent: AccessPointIntent) -> dict[str, str | int | bool | None]:
    by_mac = Word("mac,http-chap") if intent.mac_authentication else Word("http-chap")
    return {
        "name": BRIDGE,
        "hotspot-address": Word(intent.plan.gateway),
        "html-directory": Word("hotspot"),
        "login-by": by_mac,
        "mac-auth-mode": Word("mac-as-username-and-password"),
        "use-radius": True,
        "radius-accounting": True,
        "radius-interim-update": Word("received"),
        "radius-mac-format": Word("XX:XX:XX:XX:XX:XX"),
        "nas-port-type": Word("wireless-802.11"),
    }


def _garden(host: str) -> tuple[Statement, ...]:
    if checks.ipv4(host) is not None:
        return (
            statement("/ip hotspot walled-garden ip", "add", {"action": Word("accept"), "dst-address": Word(host)}),
        )
    return (
        statement("/ip hotspot walled-garden", "add", {"action": Word("allow"), "dst-host": host}),
        statement("/ip hotspot walled-garden ip", "add", {"action": Word("accept"), "dst-host": host}),
    )
