"""Reading what was typed into a custom field: pure rules."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Protocol

from app.core.errors import InvalidInputError
from app.core.words import gettext as _

MAX_TEXT = 500
_MOST = Decimal(10) ** 13
_STEP = Decimal("0.000001")
YES, NO = "yes", "no"


class Question(Protocol):
    """What a field asks for."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def choices(self) -> Sequence[str]: ...


class Answer(NamedTuple):
    """What is stored; `value` is empty when nothing was said."""

    value: str
    number: Decimal | None = None


def read(question: Question, typed: str) -> Answer:
    """The answer in its stored form. Raises InvalidInputError with a sentence that names the field."""
    text = " ".join("".join(c for c in typed if c.isprintable() or c.isspace()).split())
    if not text:
        return Answer("")
    if question.kind == "number":
        return _number(question, text)
    if question.kind == "date":
        return _date(question, text)
    if question.kind == "choice" and text not in question.choices:
        raise InvalidInputError(_("%(field)s: choose one from the list.", field=question.name))
    if question.kind == "yes_no" and text not in (YES, NO):
        raise InvalidInputError(_("%(field)s: choose yes or no.", field=question.name))
    if len(text) > MAX_TEXT:
        raise InvalidInputError(_("%(field)s: use at most %(most)s characters.", field=question.name, most=MAX_TEXT))
    return Answer(text)


def _number(question: Question, text: str) -> Answer:
    try:
        typed = text.replace(" ", "")
        is_thousands = re.fullmatch(r"(?a)-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", typed)
        number = Decimal(typed.replace(",", "") if is_thousands else typed.replace(",", "."))
        if not number.is_finite() or abs(number) >= _MOST:
            raise InvalidOperation
        number = number.quantize(_STEP)
    except InvalidOperation:
        raise InvalidInputError(_("%(field)s: enter a number such as 12.5.", field=question.name)) from None
    plain = f"{number:f}".rstrip("0").rstrip(".")
    return Answer("0" if plain in ("-0", "") else plain, number)


def _date(question: Question, text: str) -> Answer:
    try:
        return Answer(date.fromisoformat(text).isoformat())
    except ValueError:
        raise InvalidInputError(_("%(field)s: enter a day such as 2026-11-30.", field=question.name)) from None


def words(question: Question, value: str) -> str:
    """A stored value as people read it."""
    if question.kind == "yes_no" and value:
        return _("Yes") if value == YES else _("No")
    return value
