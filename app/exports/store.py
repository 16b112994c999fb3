"""A company's archives, for the day on which its account is erased."""

import shutil
from pathlib import Path

from sqlalchemy.orm import Session

from app.core.services import Services
from app.core.tenancy import company_of
from app.exports import asking
from app.privacy.stores import Store


def _folder(session: Session, services: Services) -> Path:
    return asking.folder(services.settings, company_of(session))


def _count(session: Session, services: Services) -> int:
    """Whole and unfinished ones."""
    return sum(path.is_file() for path in _folder(session, services).glob("*"))


def _erase(session: Session, services: Services) -> None:
    if _folder(session, services).exists():
        shutil.rmtree(_folder(session, services))


ARCHIVES = Store("archives", _count, _erase)
