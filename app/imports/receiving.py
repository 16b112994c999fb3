"""A file comes in: all of it is read and kept, in pieces, before anything is made of it."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.queue import ring_after_commit
from app.core.words import gettext as _
from app.imports import fields, reading
from app.imports.lines import Waiting, pack, unpack
from app.imports.models import ACTIVE, ImportPiece, LeadImport
from app.leads import contact

MOST_BYTES = 200_000_000
MOST_SHOWN = 20
_PIECE_LINES = 2_000
_PIECE_CHARACTERS = 2_000_000
_JOB = "app.imports.jobs.work_off"


def receive(session: Session, file: IO[bytes], *, name: str, encoding: str, actor: Actor) -> LeadImport:
    """Read the file and keep its lines; the import waits for its columns. Raises InvalidInputError."""
    if encoding and encoding not in reading.ENCODINGS:
        raise InvalidInputError(_("Choose the letters from the list."))
    digest = _digest(file)
    table = reading.open_table(file, encoding)
    taken = LeadImport(
        file_name=contact.one_line(name)[:200] or "leads.csv",
        digest=digest,
        encoding=table.encoding,
        delimiter=table.delimiter,
        heading=table.heading,
        fields=fields.guess(table.heading),
        asked_by=actor.id,
        asked_by_name=actor.name,
    )
    session.add(taken)
    session.flush()
    for number, lines in enumerate(_pieces(table.lines)):
        piece = ImportPiece(import_id=taken.id, number=number, body=pack(lines))
        session.add(piece)
        session.flush()
        session.expunge(piece)  # a large file must not gather in memory
        taken.lines_total += len(lines)
    if not taken.lines_total:
        raise InvalidInputError(_("This file has a heading and nothing below it."))
    return taken


def find(session: Session, import_id: uuid.UUID) -> LeadImport:
    """Raises NotFoundError."""
    found = session.scalars(select(LeadImport).where(LeadImport.id == import_id)).one_or_none()
    if found is None:
        raise NotFoundError(_("There is no such import."))
    return found


def newest(session: Session) -> Sequence[LeadImport]:
    """The company's imports, without those that were given up."""
    statement = select(LeadImport).where(LeadImport.state != "discarded").order_by(LeadImport.created_at.desc())
    return session.scalars(statement.limit(MOST_SHOWN)).all()


def came_before(session: Session, taken: LeadImport) -> LeadImport | None:
    """The import of the very same file whose leads are here already."""
    statement = select(LeadImport).where(
        LeadImport.digest == taken.digest, LeadImport.id != taken.id, LeadImport.state.in_(("done", "running", "asked"))
    )
    return session.scalars(statement.order_by(LeadImport.created_at.desc()).limit(1)).first()


def first_lines(session: Session, taken: LeadImport) -> list[Waiting]:
    """The number and the cells of the lines at the beginning."""
    body = session.scalar(select(ImportPiece.body).where(ImportPiece.import_id == taken.id, ImportPiece.number == 0))
    return [Waiting(*line) for line in unpack(body or b"[]")]


def start(session: Session, taken: LeadImport) -> None:
    """Let the worker begin. Raises InvalidInputError when the columns do not do, or another import is under way."""
    fields.check(taken.fields)
    if taken.state != "read":
        return
    if session.scalar(select(LeadImport.id).where(LeadImport.state.in_(ACTIVE)).limit(1)):
        raise InvalidInputError(_("Another import is under way. Begin this one when it is done."))
    _ask(session, taken, "asked")


def undo(session: Session, taken: LeadImport) -> None:
    """Let the worker take the leads of this import away again. Raises InvalidInputError."""
    if taken.state not in ("done", "failed"):
        return
    if session.scalar(select(LeadImport.id).where(LeadImport.state.in_(ACTIVE)).limit(1)):
        raise InvalidInputError(_("Another import is under way. Try again when it is done."))
    _ask(session, taken, "undoing")


def discard(session: Session, taken: LeadImport, *, actor: Actor) -> None:
    """Forget a file that was not begun."""
    if taken.state != "read":
        return
    taken.state, taken.ended_at = "discarded", utc_now()
    session.execute(delete(ImportPiece).where(ImportPiece.import_id == taken.id))
    events.record(session, "leads.import_discarded", actor=actor, import_id=str(taken.id))


def _digest(file: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    file.seek(0)
    return digest.digest()


def _ask(session: Session, taken: LeadImport, state: str) -> None:
    taken.state, taken.due_at, taken.attempts, taken.problem = state, utc_now(), 0, ""
    session.flush()
    ring_after_commit(session, "slow", _JOB)


def _pieces(lines: Iterator[Waiting]) -> Iterator[list[Waiting]]:
    """Neither many lines nor much text at once."""
    while first := next(lines, None):
        piece, size = [first], 0
        for line in islice(lines, _PIECE_LINES - 1):
            piece.append(line)
            size += sum(map(len, line.cells))
            if size > _PIECE_CHARACTERS:
                break
        yield piece
