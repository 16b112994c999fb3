"""Reading a CSV file of anybody's making: which letters, which delimiter, which lines. Pure rules on a stream of bytes.

What cannot be read is refused with a sentence and nothing is guessed away: UTF-8 if all of the file is UTF-8, UTF-16 if
it says so, otherwise the letters of western Windows, unless the person named others.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import IO

from app.core.errors import InvalidInputError
from app.core.spreadsheets import unguarded
from app.core.words import gettext as _
from app.core.words import marked
from app.imports.lines import Waiting

ENCODINGS = {
    "utf-8": "UTF-8",
    "cp1252": marked("Windows, western European (1252)"),
    "cp1250": marked("Windows, central European (1250)"),
    "cp1251": marked("Windows, Cyrillic (1251)"),
    "cp1256": marked("Windows, Arabic (1256)"),
    "iso8859-15": "Latin 9 (ISO 8859-15)",
    "mac-roman": marked("Mac, western European"),
    "utf-16": "UTF-16",
    "gb18030": "GB 18030",
    "shift_jis": "Shift JIS",
}
"""Those that a person can choose, by Python's name."""

MOST_COLUMNS = 100
MOST_CHARACTERS = 10_000
"""In one cell."""

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
_PIECE = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_END = 1 << 20
"""A cell of so many characters is a quote that never ends."""


@dataclass(frozen=True)
class Table:
    """A file that can be read: its heading, and its lines, to be taken once."""

    encoding: str
    delimiter: str
    heading: list[str]
    lines: Iterator[Waiting]


def open_table(file: IO[bytes], encoding: str = "") -> Table:
    """Begin to read. Raises InvalidInputError here, and while the lines are taken, for what is no such table."""
    found = encoding or _encoding(file)
    file.seek(0)
    text = TextIOWrapper(file, encoding="utf-8-sig" if found == "utf-8" else found, errors="strict", newline="")
    try:
        sample = text.read(_SAMPLE)
        text.seek(0)
    except UnicodeError:
        raise _unreadable() from None
    if "\x00" in sample:
        raise _no_table()
    delimiter = _delimiter(sample)
    lines = _lines(text, delimiter)
    heading = next(lines, None)
    if heading is None:
        raise InvalidInputError(_("This file is empty."))
    if len(heading.cells) > MOST_COLUMNS:
        raise InvalidInputError(_("This file has more than %(most)s columns.", most=MOST_COLUMNS))
    return Table(found, delimiter, [" ".join(cell.split())[:100] for cell in heading.cells], lines)


def _encoding(file: IO[bytes]) -> str:
    start = file.read(4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(_PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _delimiter(sample: str) -> str:
    """The one that gives the most columns in the heading and as many in what follows it."""
    lines = sample.splitlines()[:20]
    return max(_DELIMITERS, key=lambda delimiter: _likeness(lines, delimiter))


def _likeness(lines: list[str], delimiter: str) -> tuple[int, int]:
    widths = [len(cells) for cells in csv.reader(lines, delimiter=delimiter) if cells]
    if not widths or widths[0] == 1:
        return 0, 0
    return sum(width == widths[0] for width in widths), widths[0]


def _lines(text: Iterable[str], delimiter: str) -> Iterator[Waiting]:
    """Each line that is not empty. Cells get back what a spreadsheet's guard took from them."""
    csv.field_size_limit(_NO_END)
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except UnicodeError:
            raise _unreadable() from None
        except csv.Error:
            sentence = _("Line %(number)s cannot be read. Does a quote in it never end?", number=number)
            raise InvalidInputError(sentence) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield Waiting(number, [unguarded(cell) for cell in cells])


def _unreadable() -> InvalidInputError:
    return InvalidInputError(_("Some letters in this file cannot be read. Choose the letters that it was saved with."))


def _no_table() -> InvalidInputError:
    return InvalidInputError(_("This is no CSV file. In your spreadsheet choose “Save as” and then CSV."))
