"""Texts for people, in the reader's language.

Templates call `_("…")` and `ngettext`; Python imports them from here. `gettext` translates now, in the language of
the request or job that runs; `lazy_gettext` translates when the text is shown, for texts that stand in a module.
Named placeholders only: `_("%(count)s leads", count=3)`.

Whose language: that of the person who is signed in, else the one chosen on this browser (a cookie), else what the
browser asks for. Work without a request speaks English unless it says `with in_language(code)`. Outside an
application everything is English. docs/words.md tells how texts are collected and translated.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g, has_app_context, request
from flask_babel import Babel, LazyString, force_locale, get_locale, refresh
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.wrappers import Response

SOURCE = "en"
LANGUAGES = {SOURCE: "English", "ar": "العربية"}
"""Every language that is complete, by its code, in its own words."""

CATALOGUES = Path(__file__).resolve().parents[2] / "translations"
_COOKIE = "leader_language"
COOKIE_CHOICE, ONLY_NEEDED = "leader_cookies", "necessary"
"""The cookie of what a browser may keep, and its value when that is no choice of language.
Scripts read it too: they keep the choice of colours and keys in the browser's own storage."""

_LISTS = {SOURCE: "en_GB"}
"""No comma before the last "and"."""
_FIGURES = frozenset({"num", "day", "month", "year", "time", "sign", "amount", "max", "least", "most", "places"})
_PLACE = re.compile(r"(<[^<>]*>)|%\((\w+)\)s")
_YEAR = 31_536_000


def install(app: Flask) -> None:
    """Make `_`, `gettext` and `ngettext` known to the templates, and `lang` and `dir` to the document."""
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    Babel(app, locale_selector=_language_of_reader)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # of the extension that Babel adds
        lambda message: _catalogue().gettext(message),
        lambda singular, plural, count: _catalogue().ngettext(singular, plural, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(_=_said, languages=LANGUAGES)
    app.context_processor(language_and_direction)


@pass_eval_context
def _said(context: EvalContext, message: str, /, **values: object) -> str:
    """`_` in a template. Jinja's own does the same by way of three calls."""
    translated = _catalogue().gettext(message)
    return (Markup(translated) if context.autoescape else translated) % values  # noqa: S704 - our own words


def gettext(message: str, /, **values: object) -> str:
    """The text in the reader's language, with the values in their places."""
    translated = _catalogue().gettext(message)
    return translated % values if values else translated


def ngettext(singular: str, plural: str, count: int, /, **values: object) -> str:
    """The text in the form that fits the count, which it may name as %(num)s."""
    return _catalogue().ngettext(singular, plural, count) % {"num": count, **values}


def lazy_gettext(message: str, /, **values: object) -> LazyString:
    """A text that is translated each time it is shown."""
    return LazyString(gettext, message, **values)


def marked(text: str) -> str:
    """The text as it is, collected for translation: for texts that are stored, and shown through `known`."""
    return text


def known(text: str) -> str:
    """A stored text that is one of ours, such as a channel's name, in the reader's language; any other as it is."""
    return gettext(text) if text else text


def listed(texts: list[str]) -> str:
    """ "name", "name and value", "name, e-mail address and value"."""
    return format_list(texts, locale=_LISTS.get(language(), language()))


def language() -> str:
    """The code of the language that texts are in now. Asked many times for each page, so the answer stands in `g`."""
    try:
        code: str = g.language_of_now
    except AttributeError:
        code = g.language_of_now = get_locale().language
    except RuntimeError:  # outside an application
        return SOURCE
    return code


def language_and_direction() -> dict[str, str]:
    """`lang` and `dir` of a document in the language of now."""
    locale = get_locale()
    return {"lang": locale.language, "dir": "rtl" if locale.character_order == "right-to-left" else "ltr"}


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """For the work inside: texts in this language, or in English where it is none of ours."""
    with force_locale(code if code in LANGUAGES else SOURCE):
        _forget_now()
        try:
            yield
        finally:
            _forget_now()


def prefer(code: str) -> None:
    """For the rest of this request: the language that this person chose, if any."""
    if code in LANGUAGES:
        g.preferred_language = code
        refresh()
        _forget_now()


def _forget_now() -> None:
    if has_app_context():
        g.pop("language_of_now", None)


def chosen_here() -> str:
    """The language chosen on this browser, or nothing."""
    code = request.cookies.get(_COOKIE, "")
    return code if code in LANGUAGES else ""


def may_remember() -> bool:
    """False when the person allowed this browser only the cookies that are needed."""
    return request.cookies.get(COOKIE_CHOICE) != ONLY_NEEDED


def remember(response: Response, code: str, *, is_https: bool) -> None:
    """Keep the choice in this browser, if it may; an empty one lets the browser's settings decide again."""
    if code in LANGUAGES and may_remember():
        response.set_cookie(_COOKIE, code, max_age=_YEAR, secure=is_https, httponly=True, samesite="Lax")
    elif chosen_here():
        response.delete_cookie(_COOKIE, secure=is_https, httponly=True, samesite="Lax")


def _language_of_reader() -> Locale:
    if not request:
        return _locale(SOURCE)
    preferred = g.get("preferred_language") or chosen_here()
    return _locale(preferred or request.accept_languages.best_match(LANGUAGES) or SOURCE)


@cache
def _locale(code: str) -> Locale:
    """Made once: Babel would look for the language's file on every page."""
    return Locale.parse(code)


def _catalogue() -> NullTranslations:
    return _load(language())


@cache
def _load(code: str) -> NullTranslations:
    """The catalogue of a language, read from its .po file: what people edit is what is used."""
    if code == SOURCE:
        return NullTranslations()
    with (CATALOGUES / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    if catalogue.locale and catalogue.locale.character_order == "right-to-left":
        for message in catalogue:
            message.string = _isolated(message.string)
    packed = BytesIO()
    write_mo(packed, catalogue)
    packed.seek(0)
    return Translations(packed)


def _isolated(text: Any) -> Any:
    """Names, addresses and other foreign texts stand apart (Unicode isolates), so that "Müller & Co." does not jumble
    the sentence around it. Figures need none, and attributes of tags may have none."""
    if isinstance(text, tuple | list):
        return tuple(_isolated(form) for form in text)
    return _PLACE.sub(lambda found: found[0] if found[1] or found[2] in _FIGURES else f"\u2068{found[0]}\u2069", text)
