"""Using a connection: who sends or reads at Google goes through here.

1. `open_for_use` holds the connection in use until the transaction ends; a deletion waits for that, and
   nothing opens it once a deletion was asked for.
2. `credentials` gives an access token. One that is due is fetched under a lock on the row, so that of several
   workers one asks Google. The row stays locked until the caller's commit: commit before a long call, open
   again, and the kept token serves without a lock (`freshen` is that first half).
3. Google's "the permission is gone" marks the connection as broken and raises: commit even then.
"""

import uuid
from datetime import UTC

from google.oauth2.credentials import Credentials
from sqlalchemy import Select, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.connections import gates, tokens
from app.connections.models import Connection
from app.core import events
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import NotFoundError, PermanentError, RetryableError
from app.core.words import gettext as _
from app.core.words import lazy_gettext
from app.integrations.google import oauth
from app.integrations.google.oauth import Access
from app.integrations.google.oauth_errors import ConsentEndedError

_WHY_NOT = {
    "needs_reconnect": lazy_gettext("This Google Ads connection needs to be connected again."),
    "disconnecting": lazy_gettext("This Google Ads connection is being deleted."),
    "deleted": lazy_gettext("This Google Ads connection was deleted."),
}


class ConnectionUnusableError(PermanentError):
    """Nothing may be sent through this connection. `reason` is its state, or `unknown`."""


def open_for_use(session: Session, connection_id: uuid.UUID) -> Connection:
    """The connection, held until the transaction ends. Raises ConnectionUnusableError unless it is active."""
    if not gates.share(session, connection_id):
        raise ConnectionUnusableError(_WHY_NOT["disconnecting"], reason="disconnecting")
    connection = session.scalar(_fresh(connection_id))
    if connection is None:
        raise ConnectionUnusableError(_("There is no such Google Ads connection."), reason="unknown")
    _check(connection)
    return connection


def credentials(
    session: Session, connection: Connection, box: SealedBox, settings: Settings, *, refused: str = ""
) -> Credentials:
    """Credentials that hold an access token and nothing else. `refused`: a token that Google no longer took.

    Raises ConnectionUnusableError when the permission is gone, RetryableError when Google does not answer.
    """
    access = _kept(connection, box, refused) or _fetch(session, connection, box, settings, refused)
    expiry = access.expires_at.astimezone(UTC).replace(tzinfo=None)
    return Credentials(access.token, expiry=expiry)  # type: ignore[no-untyped-call]


def freshen(session: Session, connection_id: uuid.UUID, box: SealedBox, settings: Settings) -> None:
    """See to it that the kept access token is good for a while; the caller commits. Raises as these two."""
    credentials(session, open_for_use(session, connection_id), box, settings)


def renew(session: Session, connection: Connection, box: SealedBox, settings: Settings) -> None:
    """Ask Google for a fresh access token, however good the kept one is. Raises as `credentials`."""
    tokens.erase_access(connection)
    session.flush()
    credentials(session, connection, box, settings)


def lock(session: Session, connection_id: uuid.UUID) -> Connection:
    """The row as it is now, nobody else's to change until the transaction ends.

    Raises NotFoundError, and RetryableError when somebody holds it for longer than the engine's lock_timeout.
    """
    try:
        with session.begin_nested():
            connection = session.scalar(_fresh(connection_id).with_for_update())
    except OperationalError:
        raise RetryableError(
            _("Something is being sent through this connection right now. Try again in a minute."),
            reason="in_use",
        ) from None
    if connection is None:
        raise NotFoundError(_("There is no such connection."))
    return connection


def break_off(session: Session, connection: Connection, sentence: str, reason: str) -> None:
    """The permission is gone: stop using the connection and let it be known. Nothing unless it was active."""
    if connection.state != "active":
        return
    connection.state = "needs_reconnect"
    connection.problem = sentence
    tokens.erase_access(connection)
    events.record(session, "connection.broken", connection_id=str(connection.id), reason=reason)


def _fetch(session: Session, connection: Connection, box: SealedBox, settings: Settings, refused: str) -> Access:
    connection = lock(session, connection.id)
    _check(connection)
    kept = _kept(connection, box, refused)
    if kept is not None:
        return kept
    try:
        access = oauth.refresh(settings, tokens.open_refresh_token(connection, box) or "")
    except ConsentEndedError as error:
        break_off(session, connection, error.sentence, error.reason)
        raise ConnectionUnusableError(_WHY_NOT["needs_reconnect"], reason="needs_reconnect") from error
    tokens.keep_access(connection, access, box)
    session.flush()
    return access


def _kept(connection: Connection, box: SealedBox, refused: str) -> Access | None:
    access = tokens.open_access(connection, box)
    return access if access is not None and access.token != refused else None


def _check(connection: Connection) -> None:
    if connection.state != "active":
        raise ConnectionUnusableError(_WHY_NOT[connection.state], reason=connection.state)


def _fresh(connection_id: uuid.UUID) -> Select[Connection]:
    """Read from the database, whatever the session remembers."""
    return select(Connection).where(Connection.id == connection_id).execution_options(populate_existing=True)
