"""Deleting a connection: stop using it, give access back at Google, erase the tokens, keep the proof.

1. `begin` is committed before anything else: from then on `use.open_for_use` refuses.
2. `finish` waits until nothing is under way through the connection, then revokes at Google and erases both
   tokens.
3. A revocation ends the whole grant of that person. While another live connection uses the same Google login,
   Leader's own tokens are erased and the grant is left alone, and the proof says so.
4. While Google does not confirm, the refresh token is kept for the next try, for a day at most. Then it is
   erased all the same, and the proof says that too.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.companies.vault import open_vault
from app.connections import gates, tokens, use
from app.connections.models import Connection
from app.core import events
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import KeyRing, SealError
from app.core.errors import RetryableError
from app.core.events import Actor
from app.core.words import SOURCE, in_language, marked
from app.core.words import gettext as _
from app.integrations.google import oauth

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
LIMIT = timedelta(hours=24)

_SHARED = marked(
    "Another connection in Leader uses the same Google login, so the permission at Google was left as it is. "
    "Leader erased the tokens of this connection."
)
_UNREADABLE = marked(
    "Leader could not read the stored token, so Google was not told. You can remove Leader yourself at "
    "myaccount.google.com/connections."
)
_UNCONFIRMED = marked(
    "Google did not confirm within a day. You can remove Leader yourself at myaccount.google.com/connections."
)


def begin(session: Session, connection_id: uuid.UUID, *, actor: Actor) -> Connection:
    """Stop using the connection; the caller commits at once. Does nothing when that has happened before.

    Raises NotFoundError, and RetryableError while a worker holds the row.
    """
    connection = use.lock(session, connection_id)
    if connection.state in ("active", "needs_reconnect"):
        now = utc_now()
        connection.state = "disconnecting"
        connection.disconnecting_at = now
        connection.due_at = now + FIRST_RETRY
        connection.deleted_by, connection.deleted_by_name = actor.id, actor.name
        connection.accounts_asked_at = None
        tokens.erase_access(connection)
    return connection


def finish(session: Session, connection_id: uuid.UUID, *, key_ring: KeyRing, settings: Settings) -> Connection:
    """Revoke and erase, as far as possible now; the caller commits. What is left is due again later.

    Raises RetryableError while something is still under way through the connection.
    """
    if not gates.take_alone(session, connection_id):
        raise RetryableError(
            _("Something is just being sent. Leader finishes the deletion by itself in a minute."),
            reason="in_use",
        )
    connection = use.lock(session, connection_id)
    if connection.state != "disconnecting":
        return connection
    try:
        with in_language(SOURCE):  # what is kept as proof is translated when it is shown
            answer, revoked_at = _give_back(session, connection, key_ring, settings)
    except RetryableError as error:
        if utc_now() < _limit(connection):
            _try_later(connection, error)
            return connection
        answer, revoked_at = _UNCONFIRMED, None
    _settle(session, connection, answer, revoked_at)
    return connection


def _give_back(
    session: Session, connection: Connection, key_ring: KeyRing, settings: Settings
) -> tuple[str, datetime | None]:
    """Google's answer in words, and when access ended there. Raises RetryableError."""
    if gates.google_login_is_shared(session, connection.google_subject, connection.id):
        return _SHARED, None
    try:
        token = tokens.open_refresh_token(connection, open_vault(session, key_ring))
    except SealError:
        return _UNREADABLE, None
    answer = oauth.revoke(settings, token or "")
    return answer.words, utc_now()


def _try_later(connection: Connection, error: RetryableError) -> None:
    wait = min(LONGEST_RETRY, FIRST_RETRY * 2**connection.revoke_attempts)
    connection.revoke_attempts += 1
    connection.revoke_answer = error.sentence
    connection.due_at = min(utc_now() + wait, _limit(connection))


def _settle(session: Session, connection: Connection, answer: str, revoked_at: datetime | None) -> None:
    tokens.erase(connection)
    connection.state = "deleted"
    connection.due_at = None
    connection.revoke_answer, connection.revoked_at = answer, revoked_at
    connection.deleted_at = utc_now()
    who = Actor(connection.deleted_by, connection.deleted_by_name)
    events.record(session, "connection.deleted", actor=who, connection_id=str(connection.id))


def _limit(connection: Connection) -> datetime:
    return (connection.disconnecting_at or connection.connected_at) + LIMIT
