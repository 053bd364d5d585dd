"""The dashboards of the staff: every page and who may open it stands in the table below.

All of them but the login page and a public script are behind :func:`captive_portal.staff.guard.keep_out`, and show
only what :class:`captive_portal.staff.scope.Scope` lets through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import DatabaseError

from captive_portal import limits
from captive_portal.staff import (
    access_points,
    entry,
    explain,
    fault_reports,
    filters,
    holds,
    notices,
    overview,
    plotly_script,
    refusals,
    sessions,
    sponsor,
    vouchers,
    waiting,
    ways_in,
)
from captive_portal.staff.guard import keep_out, login_manager

_NUMBER: Final = "int(max=2147483647)"
_PAGES: Final[tuple[tuple[str, str, Callable[..., Any], tuple[str, ...]], ...]] = (
    ("/login", "login", limits.failed_logins(entry.login), ("GET", "POST")),
    ("/logout", "logout", entry.logout, ("POST",)),
    ("/password", "password", entry.password, ("GET", "POST")),
    ("/", "overview", overview.show, ("GET",)),
    ("/sessions", "sessions", sessions.show, ("GET",)),
    (f"/sessions/<{_NUMBER}:session_id>", "session", sessions.detail, ("GET",)),
    (f"/sessions/<{_NUMBER}:session_id>/disconnect", "disconnect", sessions.disconnect, ("POST",)),
    ("/refusals", "refusals", refusals.show, ("GET",)),
    ("/explain", "explain", explain.device, ("GET",)),
    (f"/explain/session/<{_NUMBER}:session_id>", "explain_session", explain.session, ("GET",)),
    (f"/explain/voucher/<{_NUMBER}:voucher_id>", "explain_voucher", explain.voucher, ("GET",)),
    ("/access-points", "access_points", access_points.show, ("GET",)),
    ("/vouchers", "vouchers", vouchers.show, ("GET",)),
    ("/vouchers", "make_vouchers", vouchers.make, ("POST",)),
    (f"/vouchers/<{_NUMBER}:batch_id>", "batch", vouchers.batch, ("GET",)),
    (f"/vouchers/<{_NUMBER}:batch_id>/print", "print", vouchers.printed, ("GET",)),
    (f"/vouchers/<{_NUMBER}:batch_id>/revoke", "revoke_batch", vouchers.revoke_batch, ("POST",)),
    (f"/voucher/<{_NUMBER}:voucher_id>/revoke", "revoke", vouchers.revoke, ("POST",)),
    ("/sponsor/<request_id>", "sponsor", sponsor.show, ("GET",)),
    ("/sponsor/<request_id>", "answer_sponsor", sponsor.answer, ("POST",)),
    ("/faults", "fault_reports", fault_reports.show, ("GET",)),
    ("/faults/<number>", "fault_report", fault_reports.detail, ("GET",)),
    ("/faults/<number>", "answer_fault", fault_reports.answer, ("POST",)),
    ("/ways-in", "ways_in", ways_in.show, ("GET",)),
    ("/ways-in/<slug>", "ways_in_of", ways_in.edit, ("GET",)),
    ("/ways-in/<slug>", "choose_ways_in", ways_in.choose, ("POST",)),
    ("/ways-in/<slug>/preview", "preview", ways_in.preview, ("GET",)),
    ("/notices", "notices", notices.show, ("GET",)),
    ("/notices/<slug>/new", "new_notice", notices.new, ("GET",)),
    ("/notices/<slug>/new", "add_notice", notices.add, ("POST",)),
    ("/notices/<slug>/preview", "preview_notice", notices.preview, ("POST",)),
    ("/notices/<slug>/<mark>", "notice", notices.edit, ("GET",)),
    ("/notices/<slug>/<mark>", "change_notice", notices.change, ("POST",)),
    ("/notices/<slug>/<mark>/end", "end_notice", notices.end, ("POST",)),
    ("/notices/<slug>/<mark>/delete", "delete_notice", notices.delete, ("POST",)),
    ("/holds", "holds", holds.show, ("GET",)),
    ("/holds/new", "new_hold", holds.new, ("GET",)),
    ("/holds/new", "add_hold", holds.add, ("POST",)),
    (f"/holds/<{_NUMBER}:number>", "hold", holds.detail, ("GET",)),
    (f"/holds/<{_NUMBER}:number>/lift", "lift_hold", holds.lift, ("POST",)),
    ("/plotly-<release>.min.js", "plotly", plotly_script.serve, ("GET",)),
)


def _install(state: BlueprintSetupState) -> None:
    assert isinstance(state.app, Flask)  # noqa: S101 - its type says App, which is Flask's own base class
    login_manager.init_app(state.app)
    # A page may be open for longer than Flask-WTF's hour; the token ends with the session that it belongs to.
    state.app.config["WTF_CSRF_TIME_LIMIT"] = None


def _blueprint() -> Blueprint:
    made = Blueprint("staff", __name__, url_prefix="/staff")
    made.record_once(_install)
    made.before_request(keep_out)
    made.register_error_handler(DatabaseError, waiting.without_database)
    made.context_processor(filters.everywhere)
    for rule, endpoint, view, methods in _PAGES:
        made.add_url_rule(rule, endpoint, view, methods=methods)
    return made


blueprint: Final = _blueprint()
