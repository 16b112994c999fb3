"""Texts for people, in the reader's language.

Templates call `_("…")` and `ngettext`; Python imports them from here. `gettext` translates now, in the language of
the request or job that runs; `lazy_gettext` translates when the text is shown, for texts that stand in a module.
Named placeholders only: `_("%(count)s leads", count=3)`.
"""

from flask import Flask, request
from flask_babel import Babel, get_locale
from flask_babel import gettext as gettext
from flask_babel import lazy_gettext as lazy_gettext
from flask_babel import ngettext as ngettext

LANGUAGES = {"en": "English"}
"""Every language that is complete, by its code, in its own words."""


def install(app: Flask) -> None:
    """Make `_`, `gettext` and `ngettext` known to the templates, and `lang` and `dir` to the document."""
    Babel(app, default_translation_directories="translations", locale_selector=_language_of_browser)
    app.context_processor(language_and_direction)


def _language_of_browser() -> str | None:
    return request.accept_languages.best_match(LANGUAGES) if request else None


def language_and_direction() -> dict[str, str]:
    """`lang` and `dir` of a document in the language of now."""
    locale = get_locale()
    return {"lang": locale.language, "dir": "rtl" if locale.character_order == "right-to-left" else "ltr"}
