"""The security log as a CSV file (RFC 4180, UTF-8)."""

import csv
import io
from collections.abc import Iterable, Iterator

from app.auth.browser_words import browser_words
from app.core.spreadsheets import guarded
from app.security.queries import Line
from app.security.words import of_kind

_HEAD = ("at", "what", "who", "address", "browser", "lead")


def rows(lines: Iterable[Line]) -> Iterator[str]:
    """The file, line by line."""
    yield _written(_HEAD)
    for line in lines:
        browser = browser_words(line.user_agent) if line.user_agent else ""
        lead = str(line.lead_id or "")
        yield _written((line.at.isoformat(), of_kind(line.kind), line.user_name, line.ip_address, browser, lead))


def _written(cells: Iterable[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow(guarded(cells))
    return file.getvalue()
