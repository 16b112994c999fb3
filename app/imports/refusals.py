"""The lines that were refused, as a file of the same form with the reason in a column of its own: put right there, it
can be brought again."""

import csv
import io
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.spreadsheets import guarded
from app.core.words import gettext as _
from app.imports.lines import Refused, unpack
from app.imports.models import ImportPiece, LeadImport

_MARK = "\ufeff"
"""By which spreadsheets know UTF-8."""


def first(session: Session, taken: LeadImport, most: int) -> list[Refused]:
    """The first refused lines, for the page."""
    found: list[Refused] = []
    for body in _bodies(session, taken.id):
        found += [Refused(*line) for line in unpack(body)]
        if len(found) >= most:
            break
    return found[:most]


def pieces(new_session: Callable[[], Session], company_id: uuid.UUID, taken: LeadImport) -> Iterator[str]:
    """The file, piece by piece, in a session of its own."""
    heading = [*taken.heading, _("Why it was refused")]
    return _read(new_session, company_id, taken.id, heading)


def _read(
    new_session: Callable[[], Session], company_id: uuid.UUID, import_id: uuid.UUID, heading: Sequence[str]
) -> Iterator[str]:
    yield _MARK + _written([heading])
    session, width = new_session(), len(heading) - 1
    try:
        tenancy.serve(session, company_id)
        for body in _bodies(session, import_id):
            yield _written(_row(Refused(*line), width) for line in unpack(body))
    finally:
        session.close()


def _row(line: Refused, width: int) -> list[str]:
    """The reason stands below its heading, unless the line has more cells than there are columns."""
    return [*line.cells, *[""] * (width - len(line.cells)), line.reason]


def _bodies(session: Session, import_id: uuid.UUID) -> Iterator[bytes]:
    """One piece at a time, in the order of the file."""
    done = (ImportPiece.import_id == import_id, ImportPiece.is_done)
    for number in session.scalars(select(ImportPiece.number).where(*done).order_by(ImportPiece.number)).all():
        yield session.scalars(select(ImportPiece.body).where(*done, ImportPiece.number == number)).one()


def _written(rows: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(guarded(row) for row in rows)
    return file.getvalue()
