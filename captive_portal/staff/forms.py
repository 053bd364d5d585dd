"""The forms of the dashboards; Flask-WTF puts the token against forged requests into each."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

MOST_VOUCHERS = 200
_REQUIRED = InputRequired(lazy_gettext("Fill this in."))


class LoginForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is untyped
    """Name and password."""

    name = StringField(lazy_gettext("Name"), [_REQUIRED, Length(max=200)])
    password = PasswordField(lazy_gettext("Password"), [_REQUIRED, Length(max=1000)])
    next = HiddenField()


class PasswordForm(FlaskForm):  # type: ignore[misc]
    """A new password, with the present one."""

    current = PasswordField(lazy_gettext("Present password"), [_REQUIRED, Length(max=1000)])
    new = PasswordField(lazy_gettext("New password"), [_REQUIRED, Length(max=1000)])
    repeated = PasswordField(lazy_gettext("New password once more"), [_REQUIRED, Length(max=1000)])


class BatchForm(FlaskForm):  # type: ignore[misc]
    """Vouchers to be made; the choices of authority and plan are put in by the page."""

    authority = SelectField(lazy_gettext("For"), coerce=int)
    plan = SelectField(lazy_gettext("Plan"), coerce=int)
    count = IntegerField(
        lazy_gettext("How many"),
        [
            InputRequired(lazy_gettext("Give a whole number.")),
            NumberRange(1, MOST_VOUCHERS, lazy_gettext("Give a number from 1 to 200.")),
        ],
        default=20,
    )
    lifetime_hours = SelectField(
        lazy_gettext("Good for, from the first use"),
        coerce=int,
        default=24,
        choices=[
            SelectChoice(1, lazy_gettext("1 hour")),
            SelectChoice(4, lazy_gettext("4 hours")),
            SelectChoice(24, lazy_gettext("1 day")),
            SelectChoice(72, lazy_gettext("3 days")),
            SelectChoice(168, lazy_gettext("1 week")),
        ],
    )
    valid_days = SelectField(
        lazy_gettext("To be used within"),
        coerce=int,
        default=90,
        choices=[
            SelectChoice(7, lazy_gettext("1 week")),
            SelectChoice(30, lazy_gettext("30 days")),
            SelectChoice(90, lazy_gettext("90 days")),
            SelectChoice(365, lazy_gettext("1 year")),
        ],
    )
