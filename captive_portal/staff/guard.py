"""Who is signed in: from the signed session cookie, for at most eight hours, and half an hour without a click.

The cookie holds the number of the member of staff and a digest of their password's hash, so that a new password
ends every session that was opened with the old one.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.orm import joinedload

from captive_portal.services import services
from captive_portal.staff.scope import Scope
from hotspots.models import StaffMember
from hotspots.staff import Role, authority_ids_visible

LONGEST_SESSION: Final = timedelta(hours=8)
LONGEST_IDLE: Final = timedelta(minutes=30)
_SINCE: Final = "staff_since"
_SEEN: Final = "staff_seen"
OPEN_DOORS: Final = frozenset({"staff.login", "staff.plotly"})
_BEFORE_A_NEW_PASSWORD: Final = frozenset({"staff.password", "staff.logout"})


class Colleague(UserMixin):  # type: ignore[misc] # Flask-Login is untyped
    """The member of staff who is signed in, as the pages need them."""

    def __init__(self, member: StaffMember) -> None:
        self.id = member.id
        self.name = member.name
        self.role = member.role
        self.may_hold = member.role == Role.ADMINISTRATOR
        self.authority_name = member.authority.name
        self.authority_id = member.authority_id
        self.must_change_password = member.must_change_password
        self.scope = Scope(authority_ids_visible(member))
        self._stamp = _stamp(member)

    def get_id(self) -> str:
        """What the cookie keeps."""
        return f"{self.id}-{self._stamp}"


login_manager = LoginManager()
# Addresses change under technicians on the road; what binds a session is its short life.
login_manager.session_protection = None


@login_manager.user_loader  # type: ignore[untyped-decorator] # Flask-Login is untyped
def _load(kept: str) -> Colleague | None:
    number, _, stamp = kept.partition("-")
    with services().database.read() as db:
        member = db.get(StaffMember, int(number), options=[joinedload(StaffMember.authority)])
        if member is None or member.disabled_at is not None or not hmac.compare_digest(stamp, _stamp(member)):
            return None
        return Colleague(member)


def _stamp(member: StaffMember) -> str:
    return hashlib.sha256(member.password_hash.encode()).hexdigest()[:32]


def open_session(member: StaffMember, now: datetime) -> None:
    """Sign somebody in with a session of their own: nothing of the one before stays (session fixation).

    Its cookie ends with the browser, since desks are shared.
    """
    session.clear()
    session[_SINCE] = session[_SEEN] = int(now.timestamp())
    login_user(Colleague(member))


def close_session() -> None:
    """Sign out."""
    logout_user()
    session.clear()


def colleague() -> Colleague:
    """Who is signed in; only pages behind the guard may ask."""
    found = current_user._get_current_object()
    assert isinstance(found, Colleague)  # noqa: S101 - the guard let nobody else in
    return found


def keep_out() -> ResponseReturnValue | None:
    """Before each page: nobody without a session that is still good, and nobody with a first password."""
    if request.endpoint in OPEN_DOORS:
        return None
    now = services().clock()
    if current_user.is_authenticated and _is_over(now):
        close_session()
        flash(gettext("You were signed out because nothing happened for a while. Sign in again."))
    if not current_user.is_authenticated:
        asked = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("staff.login", next=asked))
    if colleague().must_change_password and request.endpoint not in _BEFORE_A_NEW_PASSWORD:
        return redirect(url_for("staff.password"))
    _touch(now)
    return None


def _is_over(now: datetime) -> bool:
    since, seen = (datetime.fromtimestamp(session.get(key, 0), UTC) for key in (_SINCE, _SEEN))
    return now - since > LONGEST_SESSION or now - seen > LONGEST_IDLE


def _touch(now: datetime) -> None:
    # Once a minute is exact enough, and spares most answers a cookie.
    if now.timestamp() - session[_SEEN] >= 60:
        session[_SEEN] = int(now.timestamp())
