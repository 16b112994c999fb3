"""Where a company's data lies outside the database: each place knows how much there is and how to erase it.

The table of stores is installed by the factory (`app/stores.py`), since features know where they keep things. Counting
comes first and is committed, so that a certificate says how much there was, whoever died while it was erased.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.queue import Bell
from app.core.services import Services
from app.core.tenancy import company_of
from app.integrations.storage import storage_of


@dataclass(frozen=True)
class Store:
    """Both are asked for the company that the session serves, while its rows are there. Erasing twice does no harm."""

    name: str
    count: Callable[[Session, Services], int]
    erase: Callable[[Session, Services], None]


_stores: Sequence[Store] = ()


def install(stores: Sequence[Store]) -> None:
    """Name the stores. Called once, by the factory."""
    global _stores
    _stores = stores


def all_stores() -> Sequence[Store]:
    """The stores, in the order in which they are erased."""
    return _stores


def _count_keys(session: Session, services: Services) -> int:
    return len(_keys(services.bell, company_of(session)))


def _erase_keys(session: Session, services: Services) -> None:
    if keys := _keys(services.bell, company_of(session)):
        services.bell.connection.unlink(*keys)


def _keys(bell: Bell, company_id: uuid.UUID) -> list[bytes]:
    """Keys that name the company, and what is known of jobs that were rung for it."""
    connection, sought = bell.connection, str(company_id)
    named = list(connection.scan_iter(match=f"*{sought}*", count=1000))
    jobs = connection.scan_iter(match="rq:job:*", count=1000, _type="hash")
    return named + [key for key in jobs if sought.encode() in (connection.hget(key, "description") or b"")]


def files_of(kind: str) -> Store:
    """All that a company has of one kind in the storage of files."""

    def names(session: Session, services: Services) -> list[str]:
        found = storage_of(services.settings).names(f"{kind}/{company_of(session)}")
        return [name for name, _written_at in found]

    def erase(session: Session, services: Services) -> None:
        for name in names(session, services):
            storage_of(services.settings).delete(name)

    return Store(kind, lambda session, services: len(names(session, services)), erase)


VALKEY = Store("valkey", _count_keys, _erase_keys)
