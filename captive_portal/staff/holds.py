"""Legal holds at a desk: seeing them, placing one in two steps, and releasing it.

Administrators alone may, each within what they see: sessions and vouchers of their authority. A device is the powiat's
to hold, since its records are those of every authority whose hotspots it came to.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session as OrmSession
from werkzeug.exceptions import Forbidden

from captive_portal.services import services
from captive_portal.staff.guard import Colleague, colleague
from captive_portal.staff.hold_form import KINDS, HoldForm
from hotspots import hold_orders
from hotspots.hold_orders import HoldError, HoldFault
from hotspots.legal_holds import Kind
from hotspots.models import Voucher

_WRONG = 422


def show() -> str:
    """The visible holds in force, the oldest first."""
    me, here = _holder(), services()
    with here.database.read() as db:
        return render_template("staff/holds.html", holds=me.scope.holds(db, here.clock()), kinds=KINDS)


def new() -> str:
    """The form of a hold; what is to be held may stand in the address."""
    begun = {name: request.args[name] for name in ("kind", "subject") if name in request.args}
    return _page(HoldForm.offered(_holder().scope, **begun))


def add() -> ResponseReturnValue:
    """Say what would be held, or what is wrong with the order; hold it once that is confirmed."""
    me, here = _holder(), services()
    form = HoldForm.offered(me.scope)
    if not form.validate():
        return _page(form), _WRONG
    if "change" in request.form:
        return _page(form)
    try:
        if "confirmed" not in request.form:
            with here.database.read() as db:
                return _check(db, me, form)
        with here.database.write() as db:
            _ask_scope(db, me, form)
            hold = hold_orders.add(db, **form.order(here.clock()), placed_by=me.name)
    except HoldError as error:
        form.blame(error.fault)
        return _page(form), _WRONG
    flash(gettext("The records are held."))
    return redirect(url_for("staff.hold", number=hold.id), 303)


def detail(number: int) -> str:
    """One hold, and the form that ends it."""
    me, here = _holder(), services()
    with here.database.read() as db:
        return render_template("staff/hold.html", hold=me.scope.hold(db, number, here.clock()), kinds=KINDS)


def lift(number: int) -> ResponseReturnValue:
    """Release what is held, where a reason is given."""
    me, here = _holder(), services()
    try:
        with here.database.write() as db:
            me.scope.hold(db, number, here.clock())
            reason = request.form.get("reason", "")
            hold_orders.lift(db, number, reason=reason, lifted_by=me.name, now=here.clock())
    except HoldError:
        flash(gettext("Write why it is released."))
        return redirect(url_for("staff.hold", number=number), 303)
    flash(gettext("The hold has ended."))
    return redirect(url_for("staff.holds"), 303)


def _holder() -> Colleague:
    me = colleague()
    if not me.may_hold:
        raise Forbidden
    return me


def _ask_scope(db: OrmSession, me: Colleague, form: HoldForm) -> None:
    """What lies outside is answered like what does not exist."""
    if not me.scope.may_hold(db, form.kind.data, form.subject.data.strip()):
        raise HoldError(HoldFault.NOTHING_THERE, "there is none that is visible", "")


def _check(db: OrmSession, me: Colleague, form: HoldForm) -> str:
    _ask_scope(db, me, form)
    hold = hold_orders.prepare(db, **form.order(services().clock()))
    session = me.scope.session(db, int(hold.subject)) if hold.kind == Kind.SESSION else None
    voucher = db.get_one(Voucher, int(hold.subject)) if hold.kind == Kind.VOUCHER else None
    return render_template(
        "staff/hold_check.html", hold=hold, form=form, kinds=KINDS, session=session, voucher=voucher
    )


def _page(form: HoldForm) -> str:
    return render_template("staff/new_hold.html", form=form)
