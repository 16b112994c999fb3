"""The files of a company's support threads, for its export archive."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.services import services
from app.core.tenancy import company_of
from app.support import files
from app.support.models import SupportFile, SupportRequest


def source(session: Session) -> Iterable[tuple[str, Iterable[bytes]]]:
    """One file at a time is held in memory; none is larger than `files.MOST_BYTES`."""
    ring = services().key_ring
    statement = select(SupportFile.id).join(SupportRequest, SupportRequest.id == SupportFile.request_id)
    for file_id in session.scalars(statement.where(SupportRequest.of_company == company_of(session))).all():
        file = session.get_one(SupportFile, file_id)
        yield f"support/{file_id}-{file.name}", files.opened(file, ring)
        session.expunge(file)
