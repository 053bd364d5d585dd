"""The door: signing in and out, and the first password that must be changed."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from pydantic import SecretStr

from captive_portal.services import services
from captive_portal.staff import guard
from captive_portal.staff.forms import LoginForm, PasswordForm
from hotspots import audit, staff
from hotspots.models import StaffMember
from hotspots.staff import PasswordFault

FAULTS: Final = {
    PasswordFault.CURRENT_WRONG: ("current", lazy_gettext("This is not your present password.")),
    PasswordFault.TOO_SHORT: ("new", lazy_gettext("Use at least 12 characters; several words are good.")),
    PasswordFault.TOO_LONG: ("new", lazy_gettext("Use at most 200 characters.")),
    PasswordFault.UNCHANGED: ("new", lazy_gettext("This is the password that you have now.")),
    PasswordFault.LIKE_THE_NAME: ("new", lazy_gettext("Your name must not be part of it.")),
}


def login() -> ResponseReturnValue:
    """The page to sign in; one answer to an unknown name, a wrong password and a locked account."""
    if request.method == "GET" and current_user.is_authenticated:
        return redirect(url_for("staff.overview"))
    form = LoginForm(next=request.args.get("next", ""))
    if not form.is_submitted():
        return render_template("staff/login.html", form=form)
    member = _member(form) if form.validate() else None
    if member is None:
        return render_template("staff/login.html", form=form, failed=True), 403
    guard.open_session(member, services().clock())
    return redirect(inside(form.next.data) or url_for("staff.overview"), 303)


def logout() -> ResponseReturnValue:
    """Sign out; by POST only, so that no link or picture elsewhere can do it."""
    name = guard.colleague().name
    guard.close_session()
    _note(name, "staff.logout")
    return redirect(url_for("staff.login"), 303)


def password() -> ResponseReturnValue:
    """Change one's own password."""
    form, me = PasswordForm(), guard.colleague()
    if not (form.validate_on_submit() and _passwords_agree(form) and _change(form, me)):
        return render_template("staff/password.html", form=form), 422 if form.is_submitted() else 200
    flash(gettext("Your password is changed."))
    return redirect(url_for("staff.overview"), 303)


def inside(address: str | None) -> str | None:
    """The address to go on to where it is a page of these dashboards, so that no link leads elsewhere from here."""
    parts = urlsplit((address or "").replace("\\", "/"))
    home = url_for("staff.overview")
    if parts.scheme or parts.netloc or not parts.path.startswith(home):
        return None
    return parts.geturl()


def _member(form: LoginForm) -> StaffMember | None:
    now = services().clock()
    member = staff.sign_in(services().database, form.name.data, SecretStr(form.password.data), now)
    if member is not None:
        _note(member.name, "staff.login")
    return member


def _note(name: str, action: str) -> None:
    with services().database.write() as db:
        detail = {"address": request.remote_addr}
        audit.append(db, actor=name, action=action, subject=name, now=services().clock(), detail=detail)


def _passwords_agree(form: PasswordForm) -> bool:
    if form.new.data == form.repeated.data:
        return True
    form.repeated.errors = [gettext("The two new passwords differ.")]
    return False


def _change(form: PasswordForm, me: guard.Colleague) -> bool:
    """Take the new password and go on with a new session; False with the reason beside its field."""
    database, now = services().database, services().clock()
    current, new = SecretStr(form.current.data), SecretStr(form.new.data)
    fault = staff.change_password(database, me.id, current, new, now)
    if fault is not None:
        field, words = FAULTS[fault]
        form[field].errors = [words]
        return False
    with database.read() as db:
        member = db.get_one(StaffMember, me.id)
        guard.open_session(member, now)
    return True
