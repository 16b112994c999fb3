"""Handing out an archive: a fresh password, a few times a day, and an event for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import case, or_, update
from sqlalchemy.orm import Session

from app.core import events
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.sealed_files import open_sealed
from app.core.words import gettext as _
from app.exports.making import owner_of
from app.exports.models import Export

MOST_A_DAY = 3


@dataclass(frozen=True)
class Download:
    """An open archive; reading it to the end, or closing it, closes the file."""

    file_name: str
    size: int
    content: Iterator[bytes]


def open_archive(session: Session, export: Export, actor: Actor, box: SealedBox, folder: Path) -> Download:
    """Count the download and open the file. Raises NotFoundError when there is none (any more), InvalidInputError
    after three on one day."""
    if export.state != "ready" or export.expires_at is None or export.expires_at <= utc_now():
        raise NotFoundError(_("This archive has been deleted. You can make a new one."))
    _count(session, export)
    key = box.open(export.sealed_key, owner=owner_of(export.id))
    try:
        file = (folder / export.file_name).open("rb")
    except FileNotFoundError:
        raise NotFoundError(_("This archive has been deleted. You can make a new one.")) from None
    events.record(session, "export.downloaded", actor=actor, export_id=str(export.id))
    name = f"leader-{export.asked_at:%Y-%m-%d}.zip"
    return Download(name, export.size, _read(file, key, owner_of(export.id)))


def _count(session: Session, export: Export) -> None:
    """One statement, so that two at once count as two."""
    today = utc_now().date()
    counted = (
        update(Export)
        .where(Export.id == export.id)
        .where(or_(Export.downloaded_on.is_(None), Export.downloaded_on != today, Export.downloads < MOST_A_DAY))
        .values(downloads=case((Export.downloaded_on == today, Export.downloads + 1), else_=1), downloaded_on=today)
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    )
    if session.execute(counted).one_or_none() is None:
        sentence = _("This archive was downloaded three times today. Download it again tomorrow.")
        raise InvalidInputError(sentence, fields={"password": sentence}, reason="too_many")


def _read(file: IO[bytes], key: str, owner: str) -> Iterator[bytes]:
    with file:
        yield from open_sealed(file, key, owner)
