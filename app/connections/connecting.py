"""Keeping a grant: a new connection, or fresh tokens for the one that this Google login has already."""

import contextlib
import uuid

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.connections import asking, gates, tokens
from app.connections.models import Connection
from app.core import events
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import RetryableError
from app.core.events import Actor
from app.core.ids import new_id
from app.integrations.google import oauth
from app.integrations.google.oauth import Grant, PartialGrantError

NOBODY = uuid.UUID(int=0)


def save(session: Session, grant: Grant, *, actor: Actor, box: SealedBox) -> Connection:
    """The connection that now holds the grant. Asks for its ad accounts to be read."""
    connection = _live(session, grant.subject)
    is_new = connection is None
    if connection is None:
        connection = _insert(session, grant, actor)
    was_broken = connection.state == "needs_reconnect"
    _fill(connection, grant, actor, box)
    asking.ask(session, connection)
    if is_new:
        events.record(session, "connection.made", actor=actor, connection_id=str(connection.id))
    elif was_broken:
        events.record(session, "connection.restored", actor=actor, connection_id=str(connection.id))
    return connection


def give_back(session: Session, error: PartialGrantError, settings: Settings) -> None:
    """Nothing is kept of a permission that leaves something out, so it is ended at Google too.

    Unless a live connection uses that login: ending the permission would end it for that one as well.
    """
    if not gates.google_login_is_shared(session, error.subject, NOBODY):
        with contextlib.suppress(RetryableError):  # Google does not answer; the person can remove Leader there
            oauth.revoke(settings, error.refresh_token)


def _live(session: Session, subject: str) -> Connection | None:
    return session.scalar(
        select(Connection)
        .where(Connection.google_subject == subject, Connection.state.in_(("active", "needs_reconnect")))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _insert(session: Session, grant: Grant, actor: Actor) -> Connection:
    """A new row; or the one that another request of the company made for this login at the same moment."""
    connection = Connection(id=new_id(), google_subject=grant.subject, **_who(grant, actor))
    try:
        with session.begin_nested():
            session.add(connection)
    except IntegrityError:
        made_meanwhile = _live(session, grant.subject)
        if made_meanwhile is None:
            raise
        return made_meanwhile
    return connection


def _fill(connection: Connection, grant: Grant, actor: Actor, box: SealedBox) -> None:
    for name, value in _who(grant, actor).items():
        setattr(connection, name, value)
    connection.state, connection.problem = "active", ""
    tokens.keep_refresh_token(connection, grant.refresh_token, box)
    tokens.keep_access(connection, grant.access, box)


def _who(grant: Grant, actor: Actor) -> dict[str, object]:
    return {
        "google_email": grant.email,
        "scopes": list(grant.scopes),
        "connected_by": actor.id,
        "connected_by_name": actor.name,
        "connected_at": utc_now(),
    }
