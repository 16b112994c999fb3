"""The archive's README: what the files are, and each column with what it holds, generated from the data map."""

from datetime import datetime

from sqlalchemy.dialects import postgresql

from app.core.data_map import KEEPS, PURPOSES, rule_of, table_rule
from app.core.words import gettext as _
from app.exports.contents import Sheet

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


def readme(counts: list[tuple[Sheet, int]], company: str, at: datetime) -> str:
    """The whole text, for people with any text editor."""
    parts = [
        _("Everything that Leader holds for %(company)s", company=company),
        _("Made on %(date)s (UTC), all of it of the same moment.", date=f"{at:%Y-%m-%d %H:%M:%S}"),
        _("Open index.html in a browser to look through it. It needs no network."),
        _("data/*.csv open in any spreadsheet. A text that a spreadsheet would run begins with an apostrophe there."),
        _("data/*.jsonl hold the unchanged values, one JSON object a line: use these to move elsewhere or back."),
        _("files/ holds recordings and other files, if you have any."),
        _("manifest.json lists every file with its length and SHA-256; manifest.sig is Leader's signature over it."),
        _("Passwords, keys and access to other services are not in here, nor are samples."),
        *(_table(sheet, count) for sheet, count in counts),
    ]
    return "\n\n".join(parts) + "\n"


def _table(sheet: Sheet, count: int) -> str:
    rule = table_rule(sheet.table)
    head = [
        f"## {sheet.name}",
        _("%(count)s rows", count=count),
        _("Purpose: %(words)s", words=PURPOSES[rule.purpose]),
        _("Kept: %(words)s", words=KEEPS[rule.keep].words),
    ]
    width = max(len(column.name) for column in sheet.columns)
    columns = [
        f"  {column.name.ljust(width)}  {column.type.compile(_DIALECT)}  ({rule_of(column).kind})"
        for column in sheet.columns
    ]
    return "\n".join([*head, *columns])
