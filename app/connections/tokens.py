"""Where a connection's tokens are sealed and opened: nothing else in the product touches these columns."""

from datetime import timedelta

from app.connections.models import Connection
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.integrations.google.oauth import Access

MARGIN = timedelta(seconds=120)
"""An access token is not used in its last two minutes: it would end under way."""


def keep_refresh_token(connection: Connection, token: str, box: SealedBox) -> None:
    connection.sealed_refresh_token = box.seal(token, owner=_owner(connection, "refresh_token"))


def keep_access(connection: Connection, access: Access, box: SealedBox) -> None:
    connection.sealed_access_token = box.seal(access.token, owner=_owner(connection, "access_token"))
    connection.access_token_expires_at = access.expires_at


def open_refresh_token(connection: Connection, box: SealedBox) -> str | None:
    """The refresh token, none when it was erased. Raises SealError."""
    sealed = connection.sealed_refresh_token
    return box.open(sealed, owner=_owner(connection, "refresh_token")) if sealed else None


def is_fresh(connection: Connection) -> bool:
    """True while the kept access token may be used."""
    expires_at = connection.access_token_expires_at
    return expires_at is not None and expires_at - MARGIN > utc_now()


def open_access(connection: Connection, box: SealedBox) -> Access | None:
    """The access token while it may still be used. Raises SealError."""
    sealed, expires_at = connection.sealed_access_token, connection.access_token_expires_at
    if sealed is None or expires_at is None or not is_fresh(connection):
        return None
    return Access(box.open(sealed, owner=_owner(connection, "access_token")), expires_at)


def erase_access(connection: Connection) -> None:
    connection.sealed_access_token = connection.access_token_expires_at = None


def erase(connection: Connection) -> None:
    """Both tokens, for good."""
    erase_access(connection)
    connection.sealed_refresh_token = None


def _owner(connection: Connection, column: str) -> str:
    return f"connections:{connection.id}:{column}"
