"""Faults that residents reported: seeing them, answering, closing them when they are mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session as OrmSession

from captive_portal.residents.faults import TROUBLES
from captive_portal.services import services
from captive_portal.staff.guard import colleague
from captive_portal.staff.scope import Scope
from hotspots import vouchers
from hotspots.models import FaultReport
from hotspots.residents import fault_reports

_MOST_OPEN: Final = 500
_MOST_CLOSED: Final = 50
_NAMES: Final[Mapping[str, object]] = {trouble.value: name for trouble, name in TROUBLES.items()}


def show() -> str:
    """The open ones, oldest first, and those that were closed last."""
    scope = colleague().scope
    with services().database.read() as db:
        return render_template(
            "staff/fault_reports.html",
            open_ones=db.scalars(scope.of_hotspots(fault_reports.open_ones()).limit(_MOST_OPEN)).all(),
            closed_ones=db.scalars(scope.of_hotspots(fault_reports.closed_ones()).limit(_MOST_CLOSED)).all(),
            names=_NAMES,
        )


def detail(number: str) -> str:
    """One report, and the form to answer it with."""
    here = services()
    with here.database.read() as db:
        found = colleague().scope.fault_report(db, number)
        words = here.database.vault.open(found.sealed_words).get_secret_value() if found.sealed_words else ""
        return render_template(
            "staff/fault_report.html",
            report=found,
            number=vouchers.grouped(found.number),
            words=words,
            names=_NAMES,
            most=fault_reports.ANSWER_CHARACTERS,
        )


def answer(number: str) -> ResponseReturnValue:
    """Take the sentence that the reporter will read, and whether it is mended."""
    here, me = services(), colleague()
    words = " ".join(request.form.get("answer", "").split())[: fault_reports.ANSWER_CHARACTERS]
    closes = request.form.get("do") == "close"
    back = redirect(url_for("staff.fault_report", number=number), 303)
    if not words.isprintable() or not (words or closes):
        flash(gettext("Write a sentence for the resident first."))
        return back
    with here.database.write() as db:
        found = me.scope.fault_report(db, number)
        taken = fault_reports.answer(db, found, words, closes=closes, answered_by=me.name, now=here.clock())
    flash(gettext("The resident reads it under the number.") if taken else gettext("It had been closed already."))
    return back


def count_open(db: OrmSession, scope: Scope) -> int:
    """How many are open at the visible hotspots."""
    counted = select(func.count()).select_from(FaultReport).join(FaultReport.hotspot)
    return db.scalar(scope.of_hotspots(counted.where(FaultReport.closed_at.is_(None)))) or 0
