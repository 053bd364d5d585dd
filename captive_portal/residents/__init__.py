"""What residents see: the way online, the status page, and who runs the network under which terms."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("residents", __name__)
