"""The form of a legal hold: what is to be kept, by whose order, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from captive_portal.staff.scope import Scope
from hotspots import hold_orders
from hotspots.hold_orders import HoldFault
from hotspots.inventory.fields import TEXT_CHARACTERS
from hotspots.legal_holds import Kind

KINDS: Final = {
    Kind.SESSION: lazy_gettext("Session"),
    Kind.VOUCHER: lazy_gettext("Voucher"),
    Kind.DEVICE: lazy_gettext("Device"),
}
_MISSING: Final = lazy_gettext("Fill this in.")
_FAULTS: Final = {
    HoldFault.NO_ADDRESS: (
        "subject",
        lazy_gettext("This is no MAC address: write it as aa:bb:cc:dd:ee:ff."),
    ),
    HoldFault.NOTHING_THERE: ("subject", lazy_gettext("There is none with this number.")),
    HoldFault.NAMES_NOBODY: (
        "subject",
        lazy_gettext("This session names nobody any more, so there is nothing left to hold."),
    ),
    HoldFault.NO_REASON: ("reason", _MISSING),
    HoldFault.NO_NAME: ("ordered_by", _MISSING),
    HoldFault.OVER: ("until", lazy_gettext("Give a day to come.")),
}
_WORDS: Final = (
    InputRequired(_MISSING),
    Length(max=TEXT_CHARACTERS, message=lazy_gettext("Use at most 300 characters.")),
)


class HoldForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is untyped
    """One order; what is right beyond its shape is for :mod:`hotspots.hold_orders` to say."""

    kind = SelectField(lazy_gettext("What is to be held"), coerce=Kind)
    subject = StringField(lazy_gettext("Number of the session or voucher, or MAC address of the device"), [*_WORDS])
    reason = StringField(lazy_gettext("Order and its reference number"), [*_WORDS])
    ordered_by = StringField(lazy_gettext("Who ordered it, or decided to follow the order"), [*_WORDS])
    until = DateField(
        lazy_gettext("Last day"),
        [Optional()],
        invalid_value_message=lazy_gettext("Give a day, such as 2026-03-02, or leave it empty."),
    )

    @classmethod
    def offered(cls, scope: Scope, **begun: str) -> HoldForm:
        """The form with what was sent, or else with what was begun; the choices are what may be held."""
        form = cls(**begun)
        form.kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in scope.kinds_to_hold()]
        return form

    def order(self, now: datetime) -> dict[str, Any]:
        """What :func:`hotspots.hold_orders.add` is to be told."""
        return {
            "kind": self.kind.data,
            "typed": self.subject.data.strip(),
            "reason": self.reason.data,
            "ordered_by": self.ordered_by.data,
            "until": hold_orders.end_of(self.until.data, now),
            "now": now,
        }

    def blame(self, fault: HoldFault) -> None:
        """Say at its field what is wrong."""
        name, words = _FAULTS[fault]
        self[name].errors = [words]
