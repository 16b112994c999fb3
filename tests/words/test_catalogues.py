"""Every catalogue is complete: `make words` finds nothing to add, and every text is translated as it must be."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from app.core.words import CATALOGUES, LANGUAGES, SOURCE
from deploy.words import collect

CODES = sorted(set(LANGUAGES) - {SOURCE})
_PLACE = re.compile(r"%(?:\((\w+)\))?[sd%]")
_TAG = re.compile(r"</?(\w+)")


def _path(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / "messages.po"


@pytest.fixture(scope="module", params=CODES)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    with _path(request.param).open("rb") as file:
        return read_po(file, locale=request.param)


def _forms(text: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    assert sorted(path.name for path in CATALOGUES.iterdir()) == CODES


def test_the_catalogue_holds_the_texts_of_the_product_and_no_others(catalogue: Catalog) -> None:
    held = {message.id if isinstance(message.id, str) else message.id[0] for message in _messages(catalogue)}
    said = {message.id if isinstance(message.id, str) else message.id[0] for message in collect() if message.id}
    assert not said - held, "run make words"
    assert not held - said, "run make words"


def test_every_text_is_translated_and_none_by_guess(catalogue: Catalog) -> None:
    assert not [message.id for message in _messages(catalogue) if message.fuzzy or not all(_forms(message.string))]


def test_a_text_that_counts_has_every_form_of_the_language(catalogue: Catalog) -> None:
    counting = [message for message in _messages(catalogue) if message.pluralizable]
    assert counting
    assert {len(_forms(message.string)) for message in counting} == {catalogue.num_plurals}


def test_the_values_of_a_text_stand_in_its_translation_too(catalogue: Catalog) -> None:
    """The number itself may be in words: one lead, two leads."""
    wrong = []
    for message in _messages(catalogue):
        each = [set(_PLACE.findall(form)) for form in _forms(message.id)]
        allowed, needed = set.union(*each), set.intersection(*each) - ({"num"} if message.pluralizable else set())
        if not all(needed <= set(_PLACE.findall(form)) <= allowed for form in _forms(message.string)):
            wrong.append(message.id)
    assert not wrong


def test_markup_stays_as_it_is_and_nothing_else_is_markup(catalogue: Catalog) -> None:
    """Translations stand in attributes too, so a straight quotation mark may only belong to a tag."""
    for message in _messages(catalogue):
        if message.pluralizable:
            continue
        text, source = _forms(message.string)[0], _forms(message.id)[0]
        assert sorted(_TAG.findall(text)) == sorted(_TAG.findall(source)), source
        assert '"' not in re.sub(r"<code.*?</code>|<[^>]*>", "", text), source


def test_no_text_is_left_in_english(catalogue: Catalog) -> None:
    """Sentences without a single letter of the language's own script were forgotten."""
    own = (
        re.compile(r"[\u0600-\u06ff]") if catalogue.locale and catalogue.locale.language == "ar" else re.compile(r"\w")
    )
    names = {"Leader", "· Leader", "Google Ads", "WordPress", "Wix", "Squarespace", "Google Tag Manager", "Ctrl K"} | {
        "Twilio",
        "CallRail",
        "Google",
    }
    loose = [
        message.id
        for message in _messages(catalogue)
        if message.id not in names and not all(own.search(form) for form in _forms(message.string))
        if re.search(r"[a-z]{2}", _PLACE.sub("", _forms(message.id)[0]))
    ]
    assert not loose
