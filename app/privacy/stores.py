"""Where a company's data lies outside the database: each place knows how much there is and how to erase it.

The table of stores is installed by the factory (`app/stores.py`), since features know where they keep things. Counting
comes first and is committed, so that a certificate says how much there was, whoever died while it was erased.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth.models import Member
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
    return len(_keys(session, services.bell))


def _erase_keys(session: Session, services: Services) -> None:
    if keys := _keys(session, services.bell):
        services.bell.connection.unlink(*keys)


def _keys(session: Session, bell: Bell) -> list[bytes]:
    """Keys that name the company or one of its people, and what is known of jobs that were rung for them."""
    sought = [str(company_of(session)), *map(str, session.scalars(select(Member.user_id)))]

    def names_them(text: object) -> bool:
        return any(name in str(text) for name in sought)

    connection = bell.connection
    jobs = connection.scan_iter(match="rq:job:*", count=1000, _type="hash")
    found = {key for key in connection.scan_iter(count=1000) if names_them(key)}
    return sorted(found | {key for key in jobs if names_them(connection.hget(key, "description"))})


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
