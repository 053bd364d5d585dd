"""The languages of the portal: which one a reader gets, and the texts in it.

The texts in the code are English. A translation is all ``*.po`` files in ``translations/<language>/LC_MESSAGES``
together, read at the start, so that nothing has to be compiled.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.exceptions import RequestEntityTooLarge

from captive_portal.services import services

LANGUAGES: Final[Mapping[str, str]] = {"pl": "Polski", "en": "English", "uk": "Українська", "de": "Deutsch"}
"""What residents read."""
STAFF_LANGUAGES: Final[Mapping[str, str]] = {code: LANGUAGES[code] for code in ("pl", "en")}
"""What the dashboards are written in."""
DEFAULT: Final = "pl"
SOURCE: Final = "en"
PARAMETER: Final = "lang"
_COOKIE_SECONDS: Final = 365 * 24 * 3600
_FOLDER: Final = Path(__file__).parent / "translations"


class PoDomain(Domain):  # type: ignore[misc] # Flask-Babel is untyped
    """The texts in all languages, from the translators' own files."""

    def __init__(self) -> None:
        super().__init__()
        self._catalogs = {language: _translations(language) for language in LANGUAGES}

    def get_translations(self) -> NullTranslations:
        """The texts in the language of this request."""
        return self._catalogs[language()]


@cache
def _translations(language: str) -> NullTranslations:
    if language == SOURCE:
        return NullTranslations()
    return compiled(read_catalog(po_files(language), language))


def po_files(language: str) -> list[Path]:
    """The translators' files of one language."""
    return sorted((_FOLDER / language / "LC_MESSAGES").glob("*.po"))


def read_catalog(files: Iterable[Path], language: str) -> Catalog:
    """All messages of these files in one catalogue, fuzzy ones too; a broken line is an error."""
    whole = Catalog(locale=language)
    for path in files:
        with path.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id:
                    whole[message.id] = message
    return whole


def compiled(catalog: Catalog) -> Translations:
    """The catalogue as gettext reads it; fuzzy messages are left out."""
    binary = io.BytesIO()
    write_mo(binary, catalog)
    binary.seek(0)
    return Translations(fp=binary)


def language() -> str:
    """The language of this request; the default outside of one."""
    locale = get_locale()
    return DEFAULT if locale is None else str(locale.language)


def offered() -> Mapping[str, str]:
    """The languages of the page that is asked for, by code, with their own names."""
    return STAFF_LANGUAGES if request.blueprint == "staff" else LANGUAGES


def chosen() -> str | None:
    """The language that this request asks for by name: ``?lang=`` or a form field; the last one that we have."""
    asked = [value for value in (*request.args.getlist(PARAMETER), _in_form()) if value in offered()]
    # The last: a gateway may have put a parameter of this name before ours.
    return asked[-1] if asked else None


def _in_form() -> str | None:
    try:
        return request.form.get(PARAMETER)
    except RequestEntityTooLarge:
        # The page that says so has a language too.
        return None


def _select() -> str:
    cookie = request.cookies.get(PARAMETER)
    remembered = cookie if cookie in offered() else None
    return chosen() or remembered or _accepted() or DEFAULT


def _accepted() -> str | None:
    """The first language of the browser's that we have, whatever country it is meant for ("pl-PL")."""
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((code for code in wanted if code in offered()), None)


def install(app: Flask) -> None:
    """Give the application its languages; a choice is remembered in a cookie, and works without it too."""
    babel = Babel(app, default_locale=DEFAULT, default_timezone="Europe/Warsaw", locale_selector=_select)
    babel.domain_instance = PoDomain()
    app.jinja_env.globals.update(language=language, offered_languages=offered)
    app.after_request(_remember)


def _remember(response: Response) -> Response:
    response.vary.update(("Accept-Language", "Cookie"))
    response.content_language.add(language())
    asked = chosen()
    if asked is not None and request.cookies.get(PARAMETER) != asked:
        response.set_cookie(
            PARAMETER, asked, max_age=_COOKIE_SECONDS, secure=services().https, httponly=True, samesite="Lax"
        )
    return response
