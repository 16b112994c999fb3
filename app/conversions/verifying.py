"""Verifying receipts: is the chain of every upload of a company whole?"""

import uuid
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversions.chain import first_break
from app.conversions.models import ReceiptEntry

_PIECE = 1_000


def broken(session: Session) -> tuple[int, list[tuple[uuid.UUID, int]]]:
    """(how many receipts were read, (upload id, position) of each chain that breaks)."""
    entries = session.scalars(
        select(ReceiptEntry).order_by(ReceiptEntry.upload_id, ReceiptEntry.position).execution_options(yield_per=_PIECE)
    )
    read, breaks = 0, []
    for upload_id, chain in groupby(entries, key=lambda entry: entry.upload_id):
        read += 1
        position = first_break(chain)
        if position is not None:
            breaks.append((upload_id, position))
    return read, breaks
