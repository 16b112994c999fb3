"""One table: where a company's data lies outside the database, for the day on which it is erased."""

from collections.abc import Sequence

from app.exports.store import ARCHIVES
from app.privacy.stores import VALKEY, Store, files_of

TABLE: Sequence[Store] = (ARCHIVES, files_of("recordings"), VALKEY)
