"""The archive's index.html: one file that searches without network and without a server.

It carries the newest rows of each table; a table that is longer is searched whole by opening its .jsonl from the page.
Its policy names the one script and the one style by their hashes and allows no connection at all.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from string import Template

from markupsafe import escape

from app.core.words import gettext as _
from app.core.words import language_and_direction
from app.exports.bulk import Snapshot
from app.exports.contents import Sheet

_FOLDER = Path(__file__).parent / "viewer"
_MOST_ROWS = 5_000
_MOST_BYTES = 2 << 20


def pieces(snapshot: Snapshot, counts: list[tuple[Sheet, int]], company: str, at: datetime) -> Iterator[bytes]:
    """The page, piece by piece."""
    script, style = _file("viewer.js"), _file("viewer.css")
    head, _mark, foot = (
        Template(_file("index.html")).substitute(_words(company, at, script, style)).partition("<!--data-->")
    )
    yield head.encode()
    for sheet, count in counts:
        columns = [column.name for column in sheet.columns]
        about = _inert(json.dumps({"table": sheet.name, "count": count, "columns": columns}).encode())
        yield b'<script type="application/json" data-sheet="%b">[' % about.replace(b'"', b"&quot;")
        yield from _rows(snapshot, sheet)
        yield b"]</script>\n"
    yield foot.encode()


def _rows(snapshot: Snapshot, sheet: Sheet) -> Iterator[bytes]:
    size, comma = 0, b""
    for row in snapshot.newest(sheet, _MOST_ROWS):
        size += len(row)
        if size > _MOST_BYTES:
            return
        yield comma + _inert(row)
        comma = b",\n"


def _inert(document: bytes) -> bytes:
    """Inside JSON these stand in texts only, and mean the same when they are escaped; HTML no longer sees them."""
    return document.replace(b"&", b"\\u0026").replace(b"<", b"\\u003c").replace(b">", b"\\u003e")


def _words(company: str, at: datetime, script: str, style: str) -> dict[str, str]:
    texts = {
        "title": _("%(company)s: everything that Leader holds", company=company),
        "made": _(
            "Made on %(date)s (UTC). This page works without a network; nothing leaves your computer.",
            date=f"{at:%Y-%m-%d %H:%M}",
        ),
        "table": _("Table"),
        "search": _("Search"),
        "open": _("Search a whole file"),
        "open_hint": _(
            "This page holds the newest rows. To search all, choose a file that ends in .jsonl from the folder “data”."
        ),
        "needs_script": _("Searching needs JavaScript. The files in the folder “data” open in any spreadsheet."),
    }
    in_script = {
        "found": _("%(found)s of %(all)s rows", found="{found}", all="{all}"),
        "newest": _(
            "%(found)s found among the newest %(held)s of %(all)s rows", found="{found}", held="{held}", all="{all}"
        ),
        "shown": _("The first %(shown)s are shown.", shown="{shown}"),
        "reading": _("Reading %(name)s…", name="{name}"),
        "unreadable": _("This file could not be read. Choose one that ends in .jsonl."),
    }  # fmt: skip
    words = {name: str(escape(text)) for name, text in texts.items()} | language_and_direction()
    in_json = _inert(json.dumps(in_script).encode()).decode()
    return words | {
        "script": script,
        "style": style,
        "words": in_json,
        "script_hash": _hash(script),
        "style_hash": _hash(style),
    }


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text()
