"""Reading the costs of campaigns from a file: which line is the heading, which column is what, what each line says.

Pure rules on bytes, made for the reports that Google Ads and other tools download: titles above the heading and totals
below it, tabs in UTF-16, amounts as 1,234.50 or 1.234,50, days in several orders. A line that cannot be understood is
refused with a reason and never guessed. Lines of one campaign and day are added up, since reports list parts of it.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from app.advertising.cost_words import HEADINGS, day_of, is_total
from app.core.errors import InvalidInputError
from app.core.money import CURRENCIES, MAX_MINOR
from app.core.words import gettext as _
from app.core.words import known, marked
from app.leads.contact import one_line

MOST_BYTES = 5 << 20
MOST_LINES = 50_000
MOST_ROWS = 20_000
_TITLES = 15
"""So many lines may stand above the heading."""
_NAME_CHARACTERS = 200
_NOTHING = frozenset({"", "-", "--", "–", "—"})
_NEEDED = ("day", "campaign", "cost")


@dataclass
class Sum:
    """What a campaign cost on one day."""

    name: str
    cost_minor: int = 0
    clicks: int = 0
    impressions: int = 0


@dataclass(frozen=True)
class Wanted:
    """What every line must fit: the ad account, the currency of amounts that name none, the order of day and month, and
    the last day that can have cost anything."""

    customer_id: str
    currency: str
    is_month_first: bool
    today: date


@dataclass
class CostTable:
    """`columns`: field → heading in the file. `refused`: (line number, reason)."""

    columns: dict[str, str]
    sums: dict[tuple[date, str], Sum] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)
    lines: int = 0


def read(content: bytes, wanted: Wanted) -> CostTable:
    """Raises InvalidInputError for what is no table of costs; its sentence says why."""
    rows = _rows(_text(content))
    places = _heading(rows)
    table = CostTable({name: heading for name, (_place, heading) in places.items()})
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        table.lines += 1
        if table.lines > MOST_LINES:
            raise InvalidInputError(_("This file has more than %(most)s lines. Split it by months.", most=MOST_LINES))
        values = {name: cells[place].strip() for name, (place, _h) in places.items() if place < len(cells)}
        if reason := _take(table, values, wanted):
            table.refused.append((number, reason))
    if not table.sums:
        raise InvalidInputError(_("No line of this file could be read.") + _first(table))
    if len(table.sums) > MOST_ROWS:
        raise InvalidInputError(_("This file has too many campaigns and days for one file. Split it by months."))
    return table


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise InvalidInputError(_("This file is larger than 5 MB. Split it by months."))
    codes = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for code in codes:
        try:
            return content.decode(code)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError(_("The letters of this file cannot be read. Save it as CSV (UTF-8)."))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    if "\x00" in text:
        raise InvalidInputError(_("This is no CSV file. Save the table as CSV and try again."))
    head = text[:20_000]
    delimiter = max("\t;,|", key=lambda sign: max((line.count(sign) for line in head.splitlines()), default=0))
    reader = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        yield from ((reader.line_num, cells) for cells in reader)
    except csv.Error:
        raise InvalidInputError(_("This is no CSV file. Save the table as CSV and try again.")) from None


def _heading(rows: Iterator[tuple[int, list[str]]]) -> dict[str, tuple[int, str]]:
    for number, (_line, cells) in enumerate(rows):
        places: dict[str, tuple[int, str]] = {}
        for place, cell in enumerate(cells):
            name = HEADINGS.get(_plain(cell))
            if name and name not in places:
                places[name] = (place, one_line(cell)[:_NAME_CHARACTERS])
        if all(name in places for name in _NEEDED):
            return places
        if number >= _TITLES:
            break
    raise InvalidInputError(_("The file needs columns for the day, the campaign and the cost, with these headings."))


def _take(table: CostTable, values: dict[str, str], wanted: Wanted) -> str:
    """Add the line to what its campaign cost on its day; the reason when it cannot be, to be shown through `known`."""
    if is_total(values.get("day", "")) or is_total(values.get("campaign", "")):
        return marked("A line of totals: left out, so that nothing counts twice.")
    day = day_of(values.get("day", ""), is_month_first=wanted.is_month_first)
    if day is None or not date(2000, 1, 1) <= day <= wanted.today:
        return marked("The day is missing, lies ahead, or cannot be read.")
    customer_id = re.sub(r"[\s-]", "", values.get("customer", ""))
    if customer_id and customer_id != wanted.customer_id:
        return marked("The line is of another ad account.")
    if (values.get("currency", "").upper() or wanted.currency) != wanted.currency:
        return marked("The line is in another currency.")
    name = one_line(values.get("campaign", ""))[:_NAME_CHARACTERS]
    if not name or name in _NOTHING:
        return marked("The line names no campaign.")
    amounts = (amount(values.get("cost", ""), CURRENCIES[wanted.currency][1]), *_counts(values))
    if None in amounts:
        return marked("The cost, the clicks or the impressions are no number.")
    _add(table, (day, _campaign_id(values.get("campaign_id", ""), name)), name, amounts)
    return ""


def _add(table: CostTable, key: tuple[date, str], name: str, amounts: Sequence[int | None]) -> None:
    found = table.sums.setdefault(key, Sum(name))
    cost, clicks, impressions = (each or 0 for each in amounts)
    found.cost_minor = min(found.cost_minor + cost, MAX_MINOR)
    found.clicks, found.impressions = found.clicks + clicks, found.impressions + impressions


def _counts(values: dict[str, str]) -> tuple[int | None, int | None]:
    return amount(values.get("clicks", ""), 0), amount(values.get("impressions", ""), 0)


def amount(text: str, places: int) -> int | None:
    """The number in its smallest unit, rounded; 0 for an empty cell; none for what is no amount of zero or more, and
    for money with three digits after its only point, which means thousands to some and thousandths to others."""
    typed = "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Sc")
    if typed in _NOTHING:
        return 0
    if re.fullmatch(r"(?a)[1-9]\d{0,2}\.\d{3}", typed):
        return int(typed.replace(".", "")) if places == 0 else None
    if re.fullmatch(r"(?a)\d{1,3}(\.\d{3})*,\d{1,2}|\d+,\d{1,2}|\d{1,3}(\.\d{3}){2,}", typed):
        typed = typed.replace(".", "").replace(",", ".")
    elif not re.fullmatch(r"(?a)\d{1,3}(,\d{3})+(\.\d{1,6})?|\d+(\.\d{1,6})?", typed):
        return None
    try:
        minor = int(Decimal(typed.replace(",", "")).scaleb(places).to_integral_value())
    except InvalidOperation:
        return None
    return minor if minor <= MAX_MINOR else None


def _campaign_id(told: str, name: str) -> str:
    """Google's number; without one, a sign that is the same for the same name in each file."""
    return told if re.fullmatch(r"(?a)\d{1,20}", told) else f"name:{sha256(name.encode()).hexdigest()[:16]}"


def _plain(heading: str) -> str:
    return " ".join(heading.replace("\ufeff", "").split()).strip(" .:").lower()


def _first(table: CostTable) -> str:
    return f" {known(table.refused[0][1])}" if table.refused else ""
