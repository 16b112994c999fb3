"""Files of anybody's making: letters, delimiters, lines, and what is refused."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInputError
from app.core.spreadsheets import unguarded
from app.imports.reading import MOST_COLUMNS, open_table

ROWS = [["Name", "E-mail"], ["Zoë Müller", "zoe@example.com"], ["Ann", ""]]


def table(content: bytes, encoding: str = "") -> tuple[str, str, list[list[str]]]:
    found = open_table(io.BytesIO(content), encoding)
    return found.encoding, found.delimiter, [found.heading, *(line.cells for line in found.lines)]


def written(rows: list[list[str]], delimiter: str = ",") -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_and_delimiters_are_found(encoding: str, delimiter: str) -> None:
    found = table(written(ROWS, delimiter).encode(encoding))
    assert found == (encoding.removesuffix("-sig"), delimiter, ROWS)


def test_letters_that_were_chosen_count() -> None:
    assert table("Имя;Почта\nАнна;a@example.com".encode("cp1251"), "cp1251")[2][0] == ["Имя", "Почта"]
    with pytest.raises(InvalidInputError, match="letters"):
        table("Имя".encode("cp1251"), "utf-8")


def test_lines_have_the_numbers_that_an_editor_shows() -> None:
    lines = open_table(io.BytesIO(b'name,message\nAnn,"one\ntwo"\n\n,\nBen,x\n')).lines
    assert [(line.number, line.cells[0]) for line in lines] == [(2, "Ann"), (6, "Ben")]


def test_a_delimiter_inside_of_quotes_does_not_count() -> None:
    assert table(b'name;place\n"Ann, Bob, Cid";"a, b, c, d"\n')[1] == ";"


def test_what_guards_a_cell_in_a_spreadsheet_is_taken_off() -> None:
    assert table(b"name,phone\n'=1,'+44 7700\n'Ann',x")[2][1:] == [["=1", "+44 7700"], ["'Ann'", "x"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"PK\x03\x04\x00\x00\x08\x00", "no CSV"),
        (",".join(map(str, range(MOST_COLUMNS + 1))).encode(), "columns"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInputError, match=words):
        table(content)


def test_a_quote_that_never_ends_is_named_with_its_line() -> None:
    with pytest.raises(InvalidInputError, match="Line 3"):
        table(b'name,message\nAnn,x\nBen,"' + b"a" * 2_000_000)


def test_letters_that_break_late_are_noticed() -> None:
    with pytest.raises(InvalidInputError, match="letters"):
        table(b"name\n" + b"Ann\n" * 100_000 + "Zoë".encode("cp1252"), "utf-8")


@given(st.binary(max_size=400))
def test_nothing_else_ever_comes_out(content: bytes) -> None:
    try:
        _encoding, _delimiter, rows = table(content)
    except InvalidInputError:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row)


CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_table_of_three_columns_comes_back(rows: list[list[str]]) -> None:
    wanted = [row for row in rows if any(cell.strip() for cell in row)]
    found = table(written([["name", "email", "phone"], *rows]).encode("utf-8"))
    assert found[2][1:] == [[unguarded(cell) for cell in row] for row in wanted]
