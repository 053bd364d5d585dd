"""The form of a notice: its words in each language, its days, and where it leads on to."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from captive_portal.languages import LANGUAGES
from hotspots.inventory.fields import TEXT_CHARACTERS
from hotspots.inventory.public_page import NoticeEntry, leads_somewhere

_TOO_LONG: Final = Length(max=TEXT_CHARACTERS, message=lazy_gettext("Use at most 300 characters."))
_NO_DAY: Final = lazy_gettext("Give a day, such as 2026-03-02, or leave it empty.")


def _on_one_line(value: str | None) -> str:
    return " ".join((value or "").split())


def _is_readable(_form: FlaskForm, field: Any) -> None:
    if not field.data.isprintable():
        raise ValidationError(lazy_gettext("There is a character in it that cannot be shown."))


def _is_a_page(_form: FlaskForm, field: Any) -> None:
    if not leads_somewhere(field.data):
        raise ValidationError(
            lazy_gettext("Give the whole address of a page: https://, then the name of its server.")
        )


class NoticeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF is untyped
    """One notice; what it may be is what :class:`hotspots.inventory.public_page.NoticeEntry` may."""

    pl = TextAreaField(
        lazy_gettext("In Polish"),
        [DataRequired(lazy_gettext("Fill this in.")), _TOO_LONG, _is_readable],
        filters=[_on_one_line],
    )
    en = TextAreaField(lazy_gettext("In English"), [Optional(), _TOO_LONG, _is_readable], filters=[_on_one_line])
    uk = TextAreaField(lazy_gettext("In Ukrainian"), [Optional(), _TOO_LONG, _is_readable], filters=[_on_one_line])
    de = TextAreaField(lazy_gettext("In German"), [Optional(), _TOO_LONG, _is_readable], filters=[_on_one_line])
    since = DateField(lazy_gettext("First day"), [Optional()], invalid_value_message=_NO_DAY)
    until = DateField(lazy_gettext("Last day"), [Optional()], invalid_value_message=_NO_DAY)
    link = StringField(
        lazy_gettext("Link, such as to your e-services"),
        [Optional(), _TOO_LONG, _is_readable, _is_a_page],
        filters=[_on_one_line],
    )

    def validate_until(self, field: Any) -> None:
        """A notice has at least one day."""
        if self.since.data is not None and field.data is not None and field.data < self.since.data:
            raise ValidationError(lazy_gettext("The last day is before the first, so nobody would ever read it."))

    @classmethod
    def of(cls, notice: NoticeEntry) -> NoticeForm:
        """The form with this notice in it, or what was sent instead."""
        return cls(**notice.text, since=notice.since, until=notice.until, link=notice.link)

    def notice(self) -> NoticeEntry:
        """What was sent, once it has been found valid."""
        words = {code: self[code].data for code in LANGUAGES if self[code].data}
        return NoticeEntry.model_validate(
            {"text": words, "since": self.since.data, "until": self.until.data, "link": self.link.data or None}
        )
