"""Carrying one claimed upload to Google: send it, or ask what became of it.

Crash anywhere and nothing is lost or doubled: the claim was committed before, its lease ends, and the next worker sends
the same frozen payload with the same transaction id, which Google counts once.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.companies.vault import open_vault
from app.connections import tokens, use
from app.connections.models import Connection
from app.conversions import outbox, pausing, standing
from app.conversions.gates import Claimed
from app.conversions.models import ConversionUpload
from app.conversions.verdicts import explain
from app.core.config import Settings
from app.core.crypto import KeyRing, SealError
from app.core.errors import PermanentError, RetryableError
from app.integrations.google.data_manager import AccessEndedError, DataManager

WAIT_IN_POLLS = 12
"""How long a "too recent" waits, in polling intervals: six hours at Google's pace of half an hour."""

_LONGEST_POLL = 24 * 3600.0
_GIVE_UP_POLLS = 12
_UNKNOWN_REQUEST = ("INVALID_REQUEST_ID", "REQUEST_TOO_OLD", "NOT_FOUND")


@dataclass(frozen=True)
class Trip:
    """An upload and its connection, held in use, with a line to Google.

    `is_renewed`: the sign-in was renewed on the way. Commit, so that it is kept and unlocked, and prepare again.
    """

    claimed: Claimed
    upload: ConversionUpload
    connection: Connection
    line: DataManager
    is_renewed: bool


class Courier:
    """Carries uploads for one worker; keeps a line to Google open for each connection."""

    def __init__(self, settings: Settings, key_ring: KeyRing) -> None:
        self._settings = settings
        self._key_ring = key_ring
        self._lines: dict[uuid.UUID, tuple[str, DataManager]] = {}

    def prepare(self, session: Session, claimed: Claimed) -> Trip | None:
        """The upload, ready to be carried; None when it was put aside or another worker has it."""
        upload = _load(session, claimed)
        if upload is None:
            return None
        if claimed.was != "sent" and self._is_stopped(session, claimed, upload):
            return None
        try:
            connection = use.open_for_use(session, upload.connection_id)
            is_renewed = not self._is_open(connection)
            if is_renewed:
                self._open_line(session, connection)
        except use.ConnectionUnusableError as error:
            outbox.clear(session, claimed)
            self._put_aside(session, claimed, upload, error)
        except RetryableError as error:
            self._try_later(session, claimed, upload, error.reason)
        except SealError as error:
            outbox.settle(session, claimed, "parked", error.reason)
        else:
            return Trip(claimed, upload, connection, self._lines[connection.id][1], is_renewed)
        return None

    def _is_stopped(self, session: Session, claimed: Claimed, upload: ConversionUpload) -> bool:
        """Put aside what must not be sent (any more), or not while a member has paused the sending."""
        if reason := standing.refusal(session, upload):
            outbox.clear(session, claimed)
            outbox.settle(session, claimed, "skipped", reason)
        elif claimed.was == "sending" and outbox.is_sent_enough(upload):  # cut off at every try
            outbox.settle(session, claimed, "parked", "TRIED_TOO_OFTEN")
        elif pausing.is_paused_until_commit(session):
            outbox.clear(session, claimed)
            outbox.write(session, claimed, "held", outbox.PAUSED)
        else:
            return False
        return True

    def carry(self, session: Session, trip: Trip) -> None:
        """Send or ask, and write down the answer. The connection cannot be deleted while this transaction lasts."""
        step = self._ask if trip.claimed.was == "sent" else self._send
        try:
            step(session, trip.claimed, trip.upload, trip.line)
        except AccessEndedError as error:
            tokens.erase_access(trip.connection)
            outbox.clear(session, trip.claimed)
            self._try_later(session, trip.claimed, trip.upload, error.reason)
        except RetryableError as error:
            self._try_later(session, trip.claimed, trip.upload, error.reason)
        except PermanentError as error:
            self._refused(session, trip.claimed, trip.upload, error.reason)

    def _is_open(self, connection: Connection) -> bool:
        """True when there is a line with the access token that the connection holds now. Tokens are compared sealed."""
        known = self._lines.get(connection.id)
        return known is not None and known[0] == connection.sealed_access_token and tokens.is_fresh(connection)

    def _open_line(self, session: Session, connection: Connection) -> None:
        box = open_vault(session, self._key_ring)
        credentials = use.credentials(session, connection, box, self._settings)
        line = DataManager(credentials, self._settings.google_datamanager_url, self._settings.google_timeout_seconds)
        self._lines[connection.id] = (connection.sealed_access_token or "", line)

    def _send(self, session: Session, claimed: Claimed, upload: ConversionUpload, line: DataManager) -> None:
        request_id = line.send(upload.payload)
        outbox.write(
            session,
            claimed,
            "sent",
            values={"request_id": request_id, "sent_at": func.now(), "due_at": self._poll_at(0), "polls": 0},
            data={"request_id": request_id, "again": upload.attempts > 1},
        )

    def _ask(self, session: Session, claimed: Claimed, upload: ConversionUpload, line: DataManager) -> None:
        try:
            answer = line.ask(upload.request_id)
        except PermanentError as error:
            if error.reason not in _UNKNOWN_REQUEST:
                outbox.settle(session, claimed, "parked", error.reason)
            elif outbox.is_sent_enough(upload):
                outbox.settle(session, claimed, "parked", "NO_VERDICT")
            else:  # the same again is harmless
                outbox.postpone(session, claimed, "waiting", error.reason, timedelta(0))
            return
        if answer.state == "success":
            outbox.settle(session, claimed, "accepted", request_id=upload.request_id)
        elif answer.state == "failed":
            self._refused(session, claimed, upload, answer.reason)
        elif upload.polls + 1 >= _GIVE_UP_POLLS:
            outbox.settle(session, claimed, "parked", "NO_VERDICT")
        else:
            polls = upload.polls + 1
            again = {"due_at": self._poll_at(polls), "polls": polls}
            outbox.write(session, claimed, "sent", values=again, entry="polled")

    def _refused(self, session: Session, claimed: Claimed, upload: ConversionUpload, reason: str) -> None:
        """Google said no: wait if time heals it, take a "known already" for a yes after a sending that was cut off. For
        a change it is none: the value before it may be what Google knows."""
        if reason == "DUPLICATE_TRANSACTION_ID" and upload.attempts > 1 and upload.version == 1:
            outbox.settle(session, claimed, "accepted", reason)
        elif explain(reason).kind == "wait" and not outbox.is_sent_enough(upload):
            pause = timedelta(seconds=self._settings.conversion_poll_seconds * WAIT_IN_POLLS)
            outbox.postpone(session, claimed, "waiting", reason, pause)
        else:
            outbox.settle(session, claimed, "rejected", reason)

    def _try_later(self, session: Session, claimed: Claimed, upload: ConversionUpload, reason: str) -> None:
        if outbox.is_asked_enough(upload) if claimed.was == "sent" else outbox.is_sent_enough(upload):
            outbox.settle(session, claimed, "parked", "TRIED_TOO_OFTEN")
            return
        # A sending whose answer is missing is sent again; a question that was not answered is asked again.
        if claimed.was == "sent":
            pause = timedelta(seconds=self._settings.conversion_poll_seconds)
            outbox.postpone(session, claimed, "sent", reason, pause, entry="polled")
        else:
            pause = outbox.pause_before_retry(upload.attempts, self._settings.conversion_retry_seconds)
            outbox.postpone(session, claimed, "waiting", reason, pause)

    def _put_aside(
        self, session: Session, claimed: Claimed, upload: ConversionUpload, error: use.ConnectionUnusableError
    ) -> None:
        if error.reason == "needs_reconnect":
            self._hold(session, claimed, upload)
        elif claimed.was == "sent" or upload.unclear > 1:  # one is this claim itself
            outbox.settle(session, claimed, "parked", "VERDICT_NOT_ASKED")
        else:
            outbox.settle(session, claimed, "skipped", "CONNECTION_DELETED")

    def _hold(self, session: Session, claimed: Claimed, upload: ConversionUpload) -> None:
        """Wait for a renewed sign-in.

        The connection is locked and read again: a renewal comes either before this and is seen, or after it and
        releases what is held. Otherwise an upload could be held for ever.
        """
        if use.lock(session, upload.connection_id).state == "active":
            outbox.give_back(session, claimed)
        elif claimed.was == "sent" and outbox.is_asked_enough(upload):
            outbox.settle(session, claimed, "parked", "NO_VERDICT")
        elif claimed.was == "sent":  # a renewed sign-in makes it due at once
            outbox.postpone(session, claimed, "sent", "NEEDS_RECONNECT", outbox.TRY_FOR, entry="held")
        else:
            outbox.write(session, claimed, "held", "NEEDS_RECONNECT")

    def _poll_at(self, polls: int):  # type: ignore[no-untyped-def] # an SQL expression
        return func.now() + timedelta(
            seconds=min(_LONGEST_POLL, self._settings.conversion_poll_seconds * 2 ** min(polls, 10))
        )


def _load(session: Session, claimed: Claimed) -> ConversionUpload | None:
    """The upload as it is now, or None when another worker has taken it over."""
    return session.scalars(
        select(ConversionUpload)
        .where(ConversionUpload.id == claimed.upload_id, ConversionUpload.claim == claimed.claim)
        .execution_options(populate_existing=True)
    ).one_or_none()
