"""Whether the portal can do its work, for a reverse proxy and for the supervisor's eyes."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from captive_portal.services import services

blueprint = Blueprint("health", __name__)

_log = logging.getLogger(__name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 where the database answers, 503 where it does not."""
    try:
        with services().database.read() as db:
            db.execute(text("SELECT 1"))
    except SQLAlchemyError:
        _log.exception("the database does not answer")
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok"), 200
