"""The HotSpot's own pages: each hands the browser over to the portal, which has all the words."""

from config_templates.intent import AccessPointIntent
from config_templates.source import Source
from hotspots.access_points import gateway_proof

# What the login page hands to the portal; RouterOS puts each variable in. The challenge comes as octal escapes,
# which survive a POST and not always a GET.
LOGIN_VARIABLES = (
    "mac",
    "ip",
    "server-name",
    "server-address",
    "link-login-only",
    "link-orig-esc",
    "chap-id",
    "chap-challenge",
    "error",
)
LOGOUT_VARIABLES = ("mac", "ip", "link-login-only")


def pages(intent: AccessPointIntent) -> tuple[Source, ...]:
    """The pages of a login, of a logout, and of somebody who has just been let in."""
    return (
        _page(intent, "login", LOGIN_VARIABLES),
        Source("hotspot/alogin.html", "mikrotik/alogin.html.j2", {}),
        _page(intent, "logout", LOGOUT_VARIABLES, page="logged-out"),
    )


def _page(intent: AccessPointIntent, name: str, variables: tuple[str, ...], **more: str) -> Source:
    # The name is ours to write: RouterOS would put its identity in as it is, and a quote in it would end the field.
    literals = {"identity": intent.nas_identifier, **more, "proof": _proof(intent)}
    data = {"action": f"{intent.portal_base_url}/mikrotik", "variables": variables, "literals": literals}
    return Source(f"hotspot/{name}.html", "mikrotik/page.html.j2", data)


def _proof(intent: AccessPointIntent) -> str:
    secret = intent.uam_secret.get_secret_value().encode()
    return gateway_proof.prove(secret, intent.nas_identifier, f"http://{intent.plan.gateway}/")
