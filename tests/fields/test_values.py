"""Reading what was typed into a custom field."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInputError
from app.fields import values
from app.fields.shaping import KINDS


@dataclass
class Field:
    kind: str
    name: str = "Roof"
    choices: tuple[str, ...] = ("Flat", "Pitched")


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "  two  words\n", "two words"),
        ("text", "a\x00b", "ab"),
        ("number", "1 250,50", "1250.5"),
        ("number", "1,234", "1234"),
        ("number", "-1,234.5", "-1234.5"),
        ("number", "0,125", "0.125"),
        ("number", "-0", "0"),
        ("number", "1e3", "1000"),
        ("date", "2026-11-30", "2026-11-30"),
        ("choice", "Flat", "Flat"),
        ("yes_no", "no", "no"),
        ("date", " ", ""),
    ],
)
def test_what_is_understood(kind: str, typed: str, value: str) -> None:
    assert values.read(Field(kind), typed).value == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", "x" * 501),
        ("number", "many"),
        ("number", "NaN"),
        ("number", "1e400"),
        ("number", "12345678901234"),
        ("date", "30.11.2026"),
        ("date", "2026-02-30"),
        ("choice", "flat"),
        ("yes_no", "maybe"),
    ],
)
def test_what_is_not(kind: str, typed: str) -> None:
    with pytest.raises(InvalidInputError, match="Roof"):
        values.read(Field(kind), typed)


@given(st.sampled_from(KINDS), st.text())
def test_any_text_is_read_or_refused_and_read_again_the_same(kind: str, typed: str) -> None:
    try:
        answer = values.read(Field(kind), typed)
    except InvalidInputError:
        return
    assert values.read(Field(kind), answer.value) == answer
