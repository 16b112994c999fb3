"""The file by which Google takes back the conversions of leads that were erased.

Leader's interface to Google has no such way, the upload page of Google Ads has. A line holds the order id, the name of
the conversion and a time, so nothing about the person. Google takes it for 54 days.
"""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversions.files.rows import HEADINGS, PARAMETERS, change_row
from app.core.clock import utc_now
from app.core.spreadsheets import guarded
from app.subjects.models import Erasure

_TAKEN_FOR = timedelta(days=54)


def accounts(session: Session) -> dict[str, int]:
    """How many conversions could be taken back, by the name of the ad account."""
    return dict(Counter(account for account, _cells in _lines(session)))


def content(session: Session, account: str) -> str:
    """The file for one ad account, as Google's template has it."""
    out = io.StringIO()
    out.write(PARAMETERS)
    writer = csv.writer(out)
    writer.writerow(HEADINGS["changes"])
    writer.writerows(cells for name, cells in _lines(session) if name == account)
    return out.getvalue()


def _lines(session: Session) -> list[tuple[str, list[str]]]:
    """(ad account, cells), each conversion once, whatever changes of it Google was told."""
    since = utc_now() - _TAKEN_FOR
    found: dict[str, tuple[str, list[str]]] = {}
    rows = session.execute(
        select(Erasure.recipients, Erasure.erased_at).where(Erasure.erased_at >= since).order_by(Erasure.erased_at)
    )
    for row in rows:
        for told in row.recipients:
            cells = _cells(told, row.erased_at)
            if cells and datetime.fromisoformat(told["at"]) >= since:
                found[told["transaction_id"]] = (told["account"], cells)
    return list(found.values())


def _cells(told: Mapping[str, str], at: datetime) -> list[str]:
    """Empty for what is no conversion at Google, and for a name that a spreadsheet would run."""
    if not told.get("transaction_id") or not told.get("as") or not told.get("account"):
        return []
    cells = change_row({"transactionId": told["transaction_id"]}, told["as"], "RETRACT", at)
    return cells if guarded(cells) == cells else []
