"""A trip to Google's consent page: begun by one signed-in browser, ended by it, once, in ten minutes."""

import uuid
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.connections.models import ConnectionAttempt
from app.core.clock import utc_now
from app.core.crypto import SealedBox
from app.core.errors import PermanentError
from app.core.ids import new_id, secret_hash
from app.core.words import gettext as _
from app.integrations.google.oauth import Authorization

LIFETIME = timedelta(minutes=10)


def begin(session: Session, authorization: Authorization, *, sign_in_session_id: uuid.UUID, box: SealedBox) -> None:
    """Remember the trip: its state as a hash, its code verifier sealed."""
    attempt_id = new_id()
    session.add(
        ConnectionAttempt(
            id=attempt_id,
            state_hash=secret_hash(authorization.state),
            sign_in_session_id=sign_in_session_id,
            sealed_code_verifier=box.seal(authorization.code_verifier, owner=_owner(attempt_id)),
            expires_at=utc_now() + LIFETIME,
        )
    )


def end(session: Session, state: str, *, sign_in_session_id: uuid.UUID, box: SealedBox) -> str:
    """Take the trip off the list and return its code verifier.

    One statement, so that of two returns one finds it.

    Raises PermanentError for a state that is unknown, used, too old, or another browser's.
    """
    statement = (
        delete(ConnectionAttempt)
        .where(
            ConnectionAttempt.state_hash == secret_hash(state),
            ConnectionAttempt.sign_in_session_id == sign_in_session_id,
            ConnectionAttempt.expires_at > utc_now(),
        )
        .returning(ConnectionAttempt.id, ConnectionAttempt.sealed_code_verifier)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise PermanentError(
            _(
                "This way back from Google was used already, is older than ten minutes, or began in another "
                "browser. Nothing was connected. Please start again."
            ),
            reason="unknown_state",
        )
    return box.open(row.sealed_code_verifier, owner=_owner(row.id))


def _owner(attempt_id: uuid.UUID) -> str:
    return f"connection_attempts:{attempt_id}:code_verifier"
