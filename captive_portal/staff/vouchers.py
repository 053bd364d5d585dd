"""Vouchers: making a batch, printing it, revoking."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session as OrmSession
from wtforms.fields.choices import SelectChoice

from captive_portal.security import allow
from captive_portal.services import services
from captive_portal.staff import queries_vouchers
from captive_portal.staff.cards import Card, cards
from captive_portal.staff.forms import BatchForm
from captive_portal.staff.guard import Colleague, colleague
from captive_portal.staff.paging import PageKey
from captive_portal.staff.queries_vouchers import VoucherState
from hotspots import keys, vouchers
from hotspots.models import ServicePlan, VoucherBatch
from hotspots.public_pages import authorities


def show() -> ResponseReturnValue:
    """The batches, and the form that makes one."""
    form = BatchForm()
    form.authority.data = colleague().authority_id
    return _page(form)


def make() -> ResponseReturnValue:
    """Make a batch, and go to it."""
    me, form = colleague(), BatchForm()
    with services().database.read() as db:
        _offer(db, me, form)
    if not form.validate():
        return _page(form), 422
    with services().database.write() as db:
        batch_id = _make(db, me, form)
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


def batch(batch_id: int) -> ResponseReturnValue:
    """One batch: what became of each voucher."""
    with services().database.read() as db:
        found = colleague().scope.batch(db, batch_id)
        return render_template("staff/batch.html", batch=found, cards=_cards(found))


def printed(batch_id: int) -> ResponseReturnValue:
    """The page to print: those vouchers of a batch that can still be given out, with codes to scan."""
    allow("script-src", "'self'")
    with services().database.read() as db:
        found = colleague().scope.batch(db, batch_id)
        fresh = [card for card in _cards(found) if card.state is VoucherState.UNUSED]
        return render_template(
            "staff/print.html", batch=found, cards=fresh, networks=authorities.networks(db, found.authority_id)
        )


def revoke(voucher_id: int) -> ResponseReturnValue:
    """Make one voucher worthless."""
    with services().database.write() as db:
        voucher = colleague().scope.voucher(db, voucher_id)
        vouchers.revoke(db, voucher, revoked_by=colleague().name, now=services().clock())
        batch_id = voucher.batch_id
    flash(gettext("The voucher is revoked. A session that is open with it goes on until it is disconnected."))
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


def revoke_batch(batch_id: int) -> ResponseReturnValue:
    """Make all vouchers of a batch worthless."""
    me, now = colleague(), services().clock()
    with services().database.write() as db:
        for voucher in me.scope.batch(db, batch_id).vouchers:
            vouchers.revoke(db, voucher, revoked_by=me.name, now=now)
    flash(gettext("All vouchers of the batch are revoked."))
    return redirect(url_for("staff.batch", batch_id=batch_id), 303)


def _cards(batch: VoucherBatch) -> list[Card]:
    here = services()
    return cards(batch, here.database.vault, here.settings.portal_base_url, here.clock())


def _page(form: BatchForm) -> str:
    me = colleague()
    with services().database.read() as db:
        _offer(db, me, form)
        page = queries_vouchers.batches(db, me.scope, PageKey.parse(request.args.get("after")))
        return render_template("staff/vouchers.html", page=page, form=form)


def _offer(db: OrmSession, me: Colleague, form: BatchForm) -> None:
    """Only what this member of staff may choose is a choice, so that nothing else passes the form."""
    form.authority.choices = [SelectChoice(each.id, each.name) for each in me.scope.authorities(db)]
    form.plan.choices = [SelectChoice(plan.id, plan.name) for plan in queries_vouchers.plans(db)]


def _make(db: OrmSession, me: Colleague, form: BatchForm) -> int:
    now, key = services().clock(), keys.derive(services().settings.secret_key, keys.VOUCHER_LOOKUP)
    codes = vouchers.create_batch(
        db,
        services().database.vault,
        key,
        plan=db.get_one(ServicePlan, form.plan.data),
        authority=me.scope.authority(db, form.authority.data),
        count=form.count.data,
        created_by=me.name,
        now=now,
        expires_at=now + timedelta(days=form.valid_days.data),
        lifetime_seconds=form.lifetime_hours.data * 3600,
    )
    made = vouchers.find(db, key, codes[0])
    assert made is not None  # noqa: S101 - it has just been made
    return made.batch_id
