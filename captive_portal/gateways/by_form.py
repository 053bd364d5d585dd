"""What gateways that sign nothing and take a login by a form have in common."""

from __future__ import annotations

from captive_portal.gateways.addresses import PLAIN_ADDRESS
from captive_portal.gateways.visit import GatewayVisit, Result


def can_log_in(visit: GatewayVisit) -> bool:
    """Always: the password is asked for as it is (PAP). Only who is online or logged out has nothing to send."""
    return visit.result in (Result.NOT_YET, Result.FAILED)


def no_log_out_url(visit: GatewayVisit) -> str | None:  # noqa: ARG001 - there is none
    """None: the gateway has no way out that is known, or one that asks once more. A Disconnect ends the session."""
    return None


def again_url(visit: GatewayVisit) -> str:  # noqa: ARG001 - it is the same for all
    """Any plain page: it is redirected to us."""
    return PLAIN_ADDRESS
