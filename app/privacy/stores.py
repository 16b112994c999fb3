"""Where a company's data lies outside the database: each place knows how much there is and how to erase it.

The table of stores is installed by the factory (`app/stores.py`), since features know where they keep things. Counting
comes first and is committed, so that a certificate says how much there was, whoever died while it was erased.
"""

import shutil
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.queue import Bell
from app.core.services import Services


@dataclass(frozen=True)
class Store:
    """`count` and `erase` take the services and the company's id. Erasing twice does no harm."""

    name: str
    count: Callable[[Services, uuid.UUID], int]
    erase: Callable[[Services, uuid.UUID], None]


_stores: Sequence[Store] = ()


def install(stores: Sequence[Store]) -> None:
    """Name the stores. Called once, by the factory."""
    global _stores
    _stores = stores


def all_stores() -> Sequence[Store]:
    """The stores, in the order in which they are erased."""
    return _stores


def folder_store(name: str, folder: Callable[[Services, uuid.UUID], Path]) -> Store:
    """A store that is one folder for each company."""

    def count(services: Services, company_id: uuid.UUID) -> int:
        return sum(path.is_file() for path in folder(services, company_id).rglob("*"))

    def erase(services: Services, company_id: uuid.UUID) -> None:
        if folder(services, company_id).exists():
            shutil.rmtree(folder(services, company_id))

    return Store(name, count, erase)


def _count_keys(services: Services, company_id: uuid.UUID) -> int:
    return len(_keys(services.bell, company_id))


def _erase_keys(services: Services, company_id: uuid.UUID) -> None:
    if keys := _keys(services.bell, company_id):
        services.bell.connection.unlink(*keys)


def _keys(bell: Bell, company_id: uuid.UUID) -> list[bytes]:
    """Keys that name the company, and what is known of jobs that were rung for it."""
    connection, sought = bell.connection, str(company_id)
    named = list(connection.scan_iter(match=f"*{sought}*", count=1000))
    jobs = connection.scan_iter(match="rq:job:*", count=1000, _type="hash")
    return named + [key for key in jobs if sought.encode() in (connection.hget(key, "description") or b"")]


VALKEY = Store("valkey", _count_keys, _erase_keys)
