"""A company's archives, for the day on which its account is erased."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.services import Services
from app.exports import asking
from app.exports.models import Export
from app.privacy.stores import Store


def _files(session: Session, services: Services) -> list[Path]:
    """Whole and unfinished ones."""
    folder = asking.folder(services.settings)
    return [path for export_id in session.scalars(select(Export.id)) for path in folder.glob(f"{export_id}*")]


def _count(session: Session, services: Services) -> int:
    return len(_files(session, services))


def _erase(session: Session, services: Services) -> None:
    for path in _files(session, services):
        path.unlink(missing_ok=True)


ARCHIVES = Store("archives", _count, _erase)
