"""What an openNDS calls by itself: ``authmon``, which fetches passes and tells of ends, and the usage each minute.

authmon proves nothing: openNDS gives it no secret. So it has to come from where the access point calls, has to name
the gateway, and an end is believed only with the token of the session. The usage comes with a key made of the faskey.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Final

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from captive_portal.gateways import opennds_authmon
from captive_portal.gateways.opennds import FETCHES, answer
from captive_portal.gateways.opennds_authmon import AT_ONCE, Seen
from captive_portal.limits import remote_address
from captive_portal.places import Place
from captive_portal.residents.entering import by_form
from captive_portal.services import places, services
from hotspots.access_points.whereabouts import network_of
from hotspots.recorder.errand import NotKeptError
from hotspots.sessions import pass_orders
from hotspots.sessions.accounting import LOST, Report, Status
from hotspots.sessions.passes import Pass

GATEWAY: Final = "opennds"
_SURE_AFTER: Final = timedelta(minutes=1)
"""A visitor who has been in for less may be missing from what the gateway wrote down a moment earlier."""

_MOST_ORDERS: Final = 50
_log = logging.getLogger(__name__)


def fas(nas_identifier: str) -> AnyResponse:
    """A visitor whom openNDS redirected, or authmon: both come to the one address that openNDS can be given."""
    if request.args.get("status") == "authenticated":
        return _back_to_us(request.args.get("redir", ""))
    if "auth_get" not in request.values:
        return by_form(GATEWAY, nas_identifier)
    place = _caller(nas_identifier)
    if place is None:
        return Response("")  # authmon takes it for a portal that does not know it
    try:
        return Response(_answer(place, request.values["auth_get"], request.values.get("payload", "")))
    except NotKeptError as error:
        _log.warning("what openNDS %s reports is not kept: %s", nas_identifier, error)
        return Response("", 503)


def _back_to_us(redir: str) -> AnyResponse:
    """Who is in and called the gateway's login once more has the address of our page with them, and no visit."""
    ours = f"{services().settings.portal_base_url}{url_for('residents.status')}?"
    return redirect(redir if redir.startswith(ours) else url_for("residents.index"), 303)


def usage(nas_identifier: str) -> Response:
    """Take what ``ndsctl json`` says of all visitors; the answer lists those who are to leave, a line each.

    The body is the key, the gateway's time in seconds since 1970, and the document, with line breaks between.
    """
    place = places().find(nas_identifier)
    key, _, rest = request.get_data().partition(b"\n")
    if (
        place is None
        or place.gateway != GATEWAY
        or not hmac.compare_digest(key.strip(), usage_key(place.uam_secret))
    ):
        abort(403)
    time, _, document = rest.partition(b"\n")
    seen = opennds_authmon.usage(document, int(time)) if time.strip().isdigit() else None
    if seen is None:
        abort(400)
    try:
        leave = [*_take_usage(place, seen), *_ordered_to_leave(place)]
    except NotKeptError as error:
        _log.warning("the usage of openNDS %s is not kept: %s", nas_identifier, error)
        abort(503)
    return Response("".join(f"deauth {device}\n" for device in leave), mimetype="text/plain")


def usage_key(faskey: bytes) -> bytes:
    """What proves that the usage comes from the gateway, in hexadecimal digits: SHA-256 over "usage" and the faskey."""
    return sha256(b"usage" + faskey).hexdigest().encode()


def _caller(nas_identifier: str) -> Place | None:
    place = places().find(nas_identifier)
    if place is None or place.gateway != GATEWAY or place.fas_level not in FETCHES:
        return None
    if request.values.get("gatewayhash", "") not in opennds_authmon.gateway_hashes(nas_identifier):
        _log.warning("authmon asks for %s under another name: its gatewayname has to be that", nas_identifier)
        return None
    network = network_of(place.calls_from)
    if network is not None and ip_address(remote_address()) not in network:
        _log.warning("authmon asks for %s from %s, and it calls from %s", nas_identifier, remote_address(), network)
        return None
    return place


def _answer(place: Place, action: str, payload: str) -> str:
    if action == "view":
        acknowledged = opennds_authmon.acknowledged(payload)
        return _offer(place) if acknowledged is None else _acknowledge(place, acknowledged)
    if action == "deauthed":
        _end(place, opennds_authmon.event(payload))
    elif action == "clear":
        here = services()
        here.keep([Report(Status.ON, place.access_point_id, here.clock())])
        here.passes.forget_untaken(place.access_point_id)
        return ""
    return "ack"


def _offer(place: Place) -> str:
    here = services()
    passes = here.passes.waiting(place.access_point_id, here.clock(), AT_ONCE)
    return opennds_authmon.listed(
        opennds_authmon.entry(each.handle, place.uam_secret, here.passes.limits(each), each.grant.session)
        for each in passes
    )


def _acknowledge(place: Place, answers: frozenset[str]) -> str:
    here = services()
    now = here.clock()
    passes = [
        each
        for each in here.passes.untaken(place.access_point_id, now)
        if answer(each.handle, place.uam_secret) in answers
    ]
    here.keep([each.report(Status.START, GATEWAY, now) for each in passes])
    here.passes.taken(passes, now)
    return "ack"


def _end(place: Place, seen: Seen | None) -> None:
    here = services()
    found = _pass_of(place, [] if seen is None else [seen])
    if seen is None or seen.hid not in found:
        # Somebody who was let in by hand, or by others: nothing of ours ends with it.
        return
    here.keep([_report(found[seen.hid], seen, Status.STOP)])


def _take_usage(place: Place, seen: Sequence[Seen]) -> list[str]:
    """Write down what was used, and who is gone; gives the devices that came in under another's address."""
    here = services()
    now = here.clock()
    found = _pass_of(place, seen)
    known = [each for each in seen if each.hid in found]
    reports = [_report(found[each.hid], each, Status.INTERIM) for each in known]
    present = {each.id for each in found.values()}
    gone = [each for each in here.passes.online(place.access_point_id) if each.id not in present]
    reports += [
        each.report(Status.STOP, GATEWAY, now, cause=LOST) for each in gone if now - each.granted_at > _SURE_AFTER
    ]
    here.keep(reports)
    new = [each for each in found.values() if each.taken_at is None]
    if new:
        here.passes.taken(new, now)
    return [each.device for each in known if each.device != found[each.hid].device]


def _pass_of(place: Place, seen: Sequence[Seen]) -> dict[str, Pass]:
    """The newest pass of each token."""
    if not seen:
        return {}
    passes = services().passes.by_handles(place.access_point_id, [each.hid for each in seen])
    return {each.handle: each for each in passes}


def _report(found: Pass, seen: Seen, status: Status) -> Report:
    return found.report(
        status,
        GATEWAY,
        services().clock(),
        seconds=seen.seconds,
        octets_up=seen.octets_up,
        octets_down=seen.octets_down,
        cause=seen.cause,
    )


def _ordered_to_leave(place: Place) -> list[str]:
    """Whose session is to end; told again until the gateway no longer lists them, which is the proof."""
    here = services()
    with here.database.write() as db:
        leaving = pass_orders.claim(db, [place.access_point_id], here.clock(), _MOST_ORDERS)
    return [each.device for each in leaving]
