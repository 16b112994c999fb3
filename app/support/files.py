"""Files on a thread: a few, of kinds that nobody runs, sealed where they lie, and only ever downloaded.

1. Kinds are told by what a file begins with, not by what it is called.
2. A thread that nobody confirmed takes none, so that a stranger's address brings no files either.
3. Each file has a key of its own, which the master keys wrap.
"""

import io
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.crypto import KeyRing
from app.core.errors import InvalidInputError, NotFoundError
from app.core.ids import new_id
from app.core.sealed_files import SealingWriter, new_file_key, open_sealed
from app.core.words import gettext as _
from app.leads import contact
from app.support.models import SupportFile, SupportRequest

MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 10
_MOST_NAME = 120
_BEGINNINGS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "gif": b"GIF8",
    "webp": b"RIFF",
    "pdf": b"%PDF-",
}
_TEXTS = ("txt", "csv", "log", "json")
KINDS = (*_BEGINNINGS, *_TEXTS)


@dataclass(frozen=True)
class Shown:
    """A file as a page lists it."""

    id: uuid.UUID
    side: str
    name: str
    size: int
    at: datetime


def put(session: Session, request: SupportRequest, side: str, name: str, content: bytes, ring: KeyRing) -> None:
    """Keep a file with the thread. Raises InvalidInputError."""
    name = _checked_name(name)
    _check(name, content)
    if request.state == "unconfirmed":
        raise _wrong(_("Confirm first that this is your request."))
    if _count(session, request.id) >= MOST_FILES:
        raise _wrong(_("A request holds up to %(most)s files.", most=MOST_FILES))
    file_id, wrapped_key, key, sealed = new_id(), ring.new_wrapped_key(), new_file_key(), io.BytesIO()
    writer = SealingWriter(sealed, key, _owner(file_id))
    writer.write(content)
    writer.close()
    session.add(
        SupportFile(
            id=file_id,
            request_id=request.id,
            side=side,
            name=name,
            size=len(content),
            wrapped_key=wrapped_key,
            sealed_key=ring.open_box(wrapped_key).seal(key, owner=_owner(file_id)),
            content=sealed.getvalue(),
        )
    )
    session.flush()


def of_thread(session: Session, request_id: uuid.UUID) -> Sequence[Shown]:
    """The thread's files, the oldest first."""
    columns = (SupportFile.id, SupportFile.side, SupportFile.name, SupportFile.size, SupportFile.at)
    rows = session.execute(select(*columns).where(SupportFile.request_id == request_id).order_by(SupportFile.id))
    return [Shown(*row) for row in rows]


def read(session: Session, request_id: uuid.UUID, file_id: uuid.UUID, ring: KeyRing) -> tuple[str, bytes]:
    """Name and content. Raises NotFoundError, also for a file of another thread."""
    statement = select(SupportFile).where(SupportFile.request_id == request_id, SupportFile.id == file_id)
    file = session.scalars(statement).one_or_none()
    if file is None:
        raise NotFoundError(_("There is no such file."))
    return file.name, b"".join(opened(file, ring))


def opened(file: SupportFile, ring: KeyRing) -> Iterator[bytes]:
    """The content in pieces."""
    key = ring.open_box(file.wrapped_key).open(file.sealed_key, owner=_owner(file.id))
    return open_sealed(io.BytesIO(file.content), key, _owner(file.id))


def _checked_name(name: str) -> str:
    """The last part of whatever path came along, in signs that every disk takes."""
    last = re.split(r"[/\\]", contact.one_line(name))[-1]
    return re.sub(r'[<>:"|?*]', "_", last).strip(" .")[-_MOST_NAME:]


def _check(name: str, content: bytes) -> None:
    stem, _dot, kind = name.rpartition(".")
    kind = kind.lower()
    if not stem or kind not in KINDS:
        raise _wrong(_("Send a picture, a PDF or a text: %(kinds)s.", kinds=", ".join(KINDS)))
    if not content or len(content) > MOST_BYTES:
        raise _wrong(_("A file holds up to %(most)s megabytes, and something.", most=MOST_BYTES // 1024**2))
    is_true = _is_text(content) if kind in _TEXTS else content.startswith(_BEGINNINGS[kind])
    if not is_true:
        raise _wrong(_("This file is not what its name says."))


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _count(session: Session, request_id: uuid.UUID) -> int:
    statement = select(func.count()).select_from(SupportFile).where(SupportFile.request_id == request_id)
    return session.scalar(statement) or 0


def _owner(file_id: uuid.UUID) -> str:
    return f"support_files:{file_id}"


def _wrong(sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, fields={"file": sentence})
