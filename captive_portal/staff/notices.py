"""What an authority tells residents on its pages: seeing, writing, changing, ending and deleting it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, lazy_gettext
from werkzeug.exceptions import BadRequest, NotFound

from captive_portal import public_pages
from captive_portal.languages import LANGUAGES
from captive_portal.services import services
from captive_portal.staff.guard import colleague
from captive_portal.staff.notice_form import NoticeForm
from captive_portal.staff.preview import login_page
from hotspots import lookup
from hotspots.inventory.public_page import MOST_NOTICES, NoticeEntry
from hotspots.public_pages import notices
from hotspots.public_pages.notices import NoticeState
from hotspots.sessions.usage_window import WARSAW

_STATES: Final = {
    NoticeState.RUNNING: lazy_gettext("Residents read it now"),
    NoticeState.COMING: lazy_gettext("Coming"),
    NoticeState.OVER: lazy_gettext("Over"),
}
_ORDER: Final = tuple(_STATES)
_WRONG: Final = 422
_GONE: Final = 409


def show() -> str:
    """The notices of the visible authorities: those that run, then those to come, then those that are over."""
    with services().database.read() as db:
        return render_template(
            "staff/notices.html",
            lists=[(each, _sorted(notices.of(each))) for each in colleague().scope.authorities(db)],
            state=lambda notice: notices.state(notice, _today()),
            states=_STATES,
            mark=notices.mark,
            most=MOST_NOTICES,
            languages=LANGUAGES,
        )


def new(slug: str) -> str:
    """The form of a notice that is to be written."""
    return _page(slug, NoticeForm(), None)


def add(slug: str) -> ResponseReturnValue:
    """Take a new notice, or say what is wrong with it."""
    form, here, me = NoticeForm(), services(), colleague()
    if not form.validate():
        return _page(slug, form, None), _WRONG
    with here.database.write() as db:
        authority = me.scope.authority_named(db, slug)
        taken = notices.add(db, authority, form.notice(), by=me.name, now=here.clock())
    if not taken:
        full = gettext("There are ten notices already. Delete one that is over, then save this one.")
        return _page(slug, form, None, full), _WRONG
    return _to_the_list(gettext("The notice is saved."))


def edit(slug: str, mark: str) -> str:
    """The form with a notice in it."""
    with services().database.read() as db:
        found = notices.find(colleague().scope.authority_named(db, slug), mark)
    if found is None:
        raise NotFound
    return _page(slug, NoticeForm.of(found), found)


def change(slug: str, mark: str) -> ResponseReturnValue:
    """Take what a notice is to be, or say what is wrong with it."""
    form, here, me = NoticeForm(), services(), colleague()
    with here.database.read() as db:
        found = notices.find(me.scope.authority_named(db, slug), mark)
    if not form.validate():
        return _page(slug, form, found), _WRONG
    with here.database.write() as db:
        authority = me.scope.authority_named(db, slug)
        if notices.change(db, authority, mark, form.notice(), by=me.name, now=here.clock()):
            return _to_the_list(gettext("The notice is saved."))
    gone = gettext("Somebody else changed or deleted this notice meanwhile. Saved from here, yours is a new one.")
    return _page(slug, form, None, gone), _GONE


def end(slug: str, mark: str) -> ResponseReturnValue:
    """Let residents read it no longer from now on; it stays in the list."""
    here, me = services(), colleague()
    with here.database.write() as db:
        authority = me.scope.authority_named(db, slug)
        ended = notices.end(db, authority, mark, _today(), by=me.name, now=here.clock())
    return _to_the_list(gettext("The notice is over.") if ended else _meanwhile())


def delete(slug: str, mark: str) -> ResponseReturnValue:
    """Take it away altogether."""
    here, me = services(), colleague()
    with here.database.write() as db:
        deleted = notices.delete(db, me.scope.authority_named(db, slug), mark, by=me.name, now=here.clock())
    return _to_the_list(gettext("The notice is deleted.") if deleted else _meanwhile())


def preview(slug: str) -> ResponseReturnValue:
    """The login page with what stands in the form, in one language, as on the notice's first day; nothing is saved."""
    form, language = NoticeForm(), request.form.get("in", "")
    if language not in LANGUAGES:
        raise BadRequest
    instead_of = request.form.get("instead_of", "")
    with services().database.read() as db:
        authority = colleague().scope.authority_named(db, slug)
        if not form.validate():
            return _page(slug, form, notices.find(authority, instead_of)), _WRONG
        point = lookup.first_access_point(db, authority)
        if point is None:
            return render_template("staff/no_preview.html", name=authority.name), 404
        others = [each for each in notices.of(authority) if notices.mark(each) != instead_of]
        public_pages.tell(slug, notices.told_with(form.notice(), others, _today()))
        with force_locale(language):
            return login_page(point)


def _page(slug: str, form: NoticeForm, notice: NoticeEntry | None, wrong: str = "") -> str:
    """The form; without a notice, of a new one."""
    with services().database.read() as db:
        authority = colleague().scope.authority_named(db, slug)
    return render_template(
        "staff/notice.html",
        authority=authority,
        form=form,
        notice=notice,
        mark=None if notice is None else notices.mark(notice),
        may_end=notice is not None and notices.may_end(notice, _today()),
        wrong=wrong,
        languages=LANGUAGES,
    )


def _to_the_list(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("staff.notices"), 303)


def _meanwhile() -> str:
    return str(gettext("Somebody else changed or deleted this notice meanwhile. This is what there is now."))


def _sorted(found: Sequence[NoticeEntry]) -> list[NoticeEntry]:
    today = _today()
    return sorted(found, key=lambda each: _ORDER.index(notices.state(each, today)))


def _today() -> date:
    return services().clock().astimezone(WARSAW).date()
