"""What residents see: the way online, the status page, and who runs the network under which terms."""

from __future__ import annotations

from flask import Blueprint

from captive_portal import limits
from captive_portal.gateways.dialects import READERS
from captive_portal.residents import (
    about,
    account,
    carrying,
    codes,
    coming_back,
    confirming,
    declared,
    entering,
    faults,
    letting_in,
    my_data,
    online,
    opennds_calls,
    others_out,
    pages,
    sponsor,
    where,
)
from captive_portal.residents.arrival import Refused

blueprint = Blueprint("residents", __name__)

blueprint.add_url_rule("/uam", "uam", limits.refused_visits(entering.uam))
blueprint.add_url_rule("/mikrotik", "mikrotik", limits.refused_visits(entering.mikrotik), methods=["POST"])
blueprint.add_url_rule(
    f"/<any({', '.join(READERS)}):gateway>/<path:nas_identifier>",
    "by_form",
    limits.refused_visits(entering.by_form),
)
blueprint.add_url_rule(
    "/opennds/<path:nas_identifier>", "opennds", limits.refused_visits(opennds_calls.fas), methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/opennds-usage/<path:nas_identifier>",
    "opennds_usage",
    limits.refused_visits(opennds_calls.usage),
    methods=["POST"],
)
blueprint.add_url_rule("/smartzone/<path:nas_identifier>", "smartzone", limits.refused_visits(entering.smartzone))
blueprint.add_url_rule("/guest/s/<site>/", "unifi", limits.refused_visits(entering.unifi))
blueprint.add_url_rule("/waiting", "waiting", limits.refused_visits(letting_in.waiting))
blueprint.add_url_rule("/arrived", "arrived", limits.refused_visits(entering.arrived))
blueprint.add_url_rule("/visit", "visit", entering.visit)
blueprint.add_url_rule("/enter", "enter", limits.attempts(entering.enter), methods=["POST"])
blueprint.add_url_rule("/voucher", "voucher", limits.guesses(entering.voucher), methods=["POST"])
blueprint.add_url_rule("/sms", "sms", limits.attempts(codes.sms), methods=["POST"])
blueprint.add_url_rule("/account", "sign_in", limits.attempts(account.sign_in), methods=["POST"])
blueprint.add_url_rule("/account/passkey", "passkey", limits.attempts(account.passkey), methods=["POST"])
blueprint.add_url_rule(
    "/account/passkey/new", "new_passkey", limits.attempts(account.new_passkey), methods=["POST"]
)
blueprint.add_url_rule("/account/new", "new_account", account.new)
blueprint.add_url_rule("/account/new", "ask_for_account", limits.attempts(account.ask), methods=["POST"])
blueprint.add_url_rule(
    "/account/password", "choose_password", limits.attempts(account.choose_password), methods=["POST"]
)
blueprint.add_url_rule("/sponsor", "sponsor", limits.attempts(sponsor.ask), methods=["POST"])
blueprint.add_url_rule("/sponsor", "wait", sponsor.wait)
blueprint.add_url_rule("/sponsor/state", "sponsor_state", sponsor.state)
blueprint.add_url_rule("/sponsor/enter", "sponsored", limits.attempts(sponsor.enter), methods=["POST"])
blueprint.add_url_rule("/my-data", "my_data", my_data.show)
blueprint.add_url_rule("/my-data.json", "download", my_data.download)
blueprint.add_url_rule("/my-data/erase", "erase", limits.attempts(my_data.erase), methods=["POST"])
blueprint.add_url_rule("/return/link", "make_return", limits.attempts(coming_back.make), methods=["POST"])
blueprint.add_url_rule("/return", "come_back", coming_back.come_back)
blueprint.add_url_rule("/return", "returned", limits.attempts(coming_back.enter), methods=["POST"])
blueprint.add_url_rule("/email", "email", limits.attempts(codes.email), methods=["POST"])
blueprint.add_url_rule("/grace", "grace", limits.attempts(codes.grace), methods=["POST"])
blueprint.add_url_rule("/code", "ask", codes.ask)
blueprint.add_url_rule("/code", "code", limits.attempts(codes.code), methods=["POST"])
blueprint.add_url_rule("/confirm", "confirm", limits.attempts(confirming.confirm), methods=["GET", "POST"])
blueprint.add_url_rule("/others-out", "others_out", limits.attempts(others_out.others_out), methods=["POST"])
blueprint.add_url_rule("/status", "status", online.status)
blueprint.add_url_rule("/carry", "carry", limits.attempts(carrying.leave), methods=["POST"])
blueprint.add_url_rule("/logout", "log_out", limits.attempts(online.log_out), methods=["POST"])
blueprint.add_url_rule("/report", "ask_fault", faults.ask)
blueprint.add_url_rule("/report", "report_fault", limits.reports(faults.report), methods=["POST"])
blueprint.add_url_rule("/fault", "fault", limits.report_numbers(faults.follow))
blueprint.add_url_rule("/", "index", where.index)
blueprint.add_url_rule("/start", "start", about.start)
blueprint.add_url_rule("/terms", "terms", about.terms)
blueprint.add_url_rule("/privacy", "privacy", declared.privacy)
blueprint.add_url_rule("/accessibility", "accessibility", declared.accessibility)
blueprint.add_url_rule("/help", "help", about.help_page)
blueprint.register_error_handler(Refused, pages.refused)
