"""Forgetting a person in the lines of files: those that wait, and those that were refused and are kept for a while."""

import re
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.imports import gates
from app.imports.lines import pack, unpack
from app.imports.models import ImportPiece, LeadImport

_SHORTEST_NUMBER = 7


def forget(session: Session, *, email: str, phone_e164: str) -> int:
    """Take out each line of the served company's files that has this address or number in a cell; how many."""
    address, number = email.strip().casefold(), re.sub(r"\D", "", phone_e164)
    forgotten = 0
    for piece_id in gates.pieces_with(session, address, number):
        forgotten += _take_out(session, piece_id, address, number)
    return forgotten


def _take_out(session: Session, piece_id: uuid.UUID, address: str, number: str) -> int:
    piece = session.scalars(select(ImportPiece).where(ImportPiece.id == piece_id).with_for_update()).one_or_none()
    if piece is None:
        return 0
    lines = unpack(piece.body)
    kept = [line for line in lines if not any(_is_of(cell, address, number) for cell in line[1])]
    gone = len(lines) - len(kept)
    if gone:
        piece.body = pack(kept)
        taken = session.scalars(select(LeadImport).where(LeadImport.id == piece.import_id).with_for_update()).one()
        taken.lines_total -= gone
        if piece.is_done:
            taken.lines_done, taken.lines_refused = taken.lines_done - gone, taken.lines_refused - gone
        session.flush()
    return gone


def _is_of(cell: str, address: str, number: str) -> bool:
    digits = re.sub(r"\D", "", cell).lstrip("0")
    is_number = len(digits) >= _SHORTEST_NUMBER and number.endswith(digits)
    return bool(address and cell.strip().casefold() == address) or is_number
