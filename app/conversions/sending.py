"""Carrying what was claimed to Google: send it, or ask what became of it.

Crash anywhere and nothing is lost or doubled: the claims were committed before, their lease ends, and the next worker
sends the same frozen payloads with the same transaction ids, which Google counts once. What follows from an answer is
decided by `judging.py`.
"""

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.connections import tokens, use
from app.connections.models import Connection
from app.conversions import bulk, judging, outbox, pausing, standing
from app.conversions.gates import Claimed
from app.conversions.judging import Carried, Move, Pace
from app.conversions.lines import Lines
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import KeyRing, SealError
from app.core.errors import PermanentError, RetryableError
from app.integrations.google.uploading import AccessEndedError, Parcel, RefusedError, Uploader, WayClosedError

Judge = Callable[[Carried], Move]


@dataclass(frozen=True)
class Trip:
    """Uploads for one request, or about one, and their connection, held in use, with a line to Google.

    `is_renewed`: the sign-in was renewed on the way. Commit, so that it is kept and unlocked, and prepare again.
    """

    uploads: Sequence[Carried]
    connection: Connection
    line: Uploader
    is_renewed: bool


class Courier:
    """Carries uploads for one worker."""

    def __init__(self, settings: Settings, key_ring: KeyRing) -> None:
        self._settings, self._lines = settings, Lines(settings, key_ring)

    def prepare(self, session: Session, claims: Sequence[Claimed]) -> Trip | None:
        """What of the claims can be carried now; None when nothing: it was put aside, or another worker has it."""
        uploads = bulk.load(session, claims)
        if claims[0].was != "sent":
            uploads = self._without_stopped(session, uploads)
        if not uploads:
            return None
        connection_id = uuid.UUID(str(uploads[0].connection_id))
        try:
            connection = use.open_for_use(session, connection_id)
            is_first = claims[0].was != "sent" and uploads[0].version == 1
            line, is_renewed = self._lines.to(session, connection, is_first=is_first)
            return Trip(uploads, connection, line, is_renewed)
        except use.ConnectionUnusableError as error:
            self._put_aside(session, connection_id, uploads, error)
        except RetryableError as error:
            self._try_later(session, connection_id, uploads, error)
        except SealError as error:
            reason = error.reason
            _move(session, uploads, lambda _: Move("parked", reason))
        return None

    def carry(self, session: Session, trip: Trip) -> None:
        """Send or ask, and write down the answer. The connection cannot be deleted while this transaction lasts."""
        step = self._ask if trip.uploads[0].claimed.was == "sent" else self._send
        try:
            step(session, trip.uploads, trip.line)
        except AccessEndedError as error:
            tokens.erase_access(trip.connection)
            self._try_later(session, None, trip.uploads, error, for_nothing=True)
        except WayClosedError:
            trip.connection.upload_api = "data_manager"
            bulk.clear(session, [upload.claimed for upload in trip.uploads])
            bulk.give_back(session, [upload.claimed for upload in trip.uploads])
        except RetryableError as error:
            self._try_later(session, trip.connection.id, trip.uploads, error, size=len(trip.uploads))

    def _without_stopped(self, session: Session, uploads: Sequence[Carried]) -> list[Carried]:
        """Put aside what must not be sent (any more), or not while a member has paused the sending; the rest."""
        reasons = standing.refusals(session, [upload.claimed.upload_id for upload in uploads])
        is_paused, now = pausing.is_paused_until_commit(session), utc_now()

        def judge(upload: Carried) -> Move | None:
            if reason := reasons.get(upload.claimed.upload_id):
                return Move("skipped", reason, for_nothing=True)
            if upload.claimed.was == "sending" and judging.is_sent_enough(upload.attempts, upload.created_at, now):
                return Move("parked", "TRIED_TOO_OFTEN")  # cut off at every try
            return Move("held", outbox.PAUSED, for_nothing=True) if is_paused else None

        stopped = {upload.claimed: move for upload in uploads if (move := judge(upload))}
        _move(session, [upload for upload in uploads if upload.claimed in stopped], lambda one: stopped[one.claimed])
        return [upload for upload in uploads if upload.claimed not in stopped]

    def _send(self, session: Session, uploads: Sequence[Carried], line: Uploader) -> None:
        pace, now = self._pace(), utc_now()
        places = {upload.claimed: place for place, upload in enumerate(uploads)}
        try:
            sent = line.send(Parcel(uploads[0].frame, [upload.event for upload in uploads]))
        except RefusedError as error:
            why = error
            _move(
                session,
                uploads,
                lambda one: judging.refused_whole(one, places[one.claimed], len(uploads), why, pace, now),
            )
            return
        told, size = sent.verdicts, len(uploads)
        _move(
            session,
            uploads,
            lambda one: judging.sent(one, sent, told[places[one.claimed]] if told else None, pace, now, size=size),
        )

    def _ask(self, session: Session, uploads: Sequence[Carried], line: Uploader) -> None:
        pace, now = self._pace(), utc_now()
        try:
            answer = line.ask(uploads[0].request_id)
        except PermanentError as error:
            reason = error.reason
            _move(session, uploads, lambda one: judging.unanswerable(one, reason, now))
        else:
            _move(session, uploads, lambda one: judging.answered(one, answer, pace, now))

    def _try_later(
        self,
        session: Session,
        connection_id: uuid.UUID | None,
        uploads: Sequence[Carried],
        error: RetryableError,
        *,
        size: int = 1,
        for_nothing: bool = False,
    ) -> None:
        """`size`: of the request that had no clear answer, where one was made.

        `connection_id`: of one that did not answer: what else is due through it waits as well, but not as long, so that
        one upload that always fails is never the first again.
        """
        pace, now = self._pace(), utc_now()
        reason = error.reason
        _move(
            session,
            uploads,
            lambda one: judging.later(one, reason, pace, now, size=size, for_nothing=for_nothing),
        )
        if connection_id is not None:
            outbox.rest(session, connection_id, judging.pause_before_retry(0, pace))

    def _put_aside(
        self,
        session: Session,
        connection_id: uuid.UUID,
        uploads: Sequence[Carried],
        error: use.ConnectionUnusableError,
    ) -> None:
        """Hold what waits for a renewed sign-in, give up what has no connection any more.

        The connection is locked and read again: a renewal comes either before this and is seen, or after it and
        releases what is held. Otherwise an upload could be held for ever.
        """
        now = utc_now()
        if error.reason != "needs_reconnect":
            _move(session, uploads, judging.left_behind)
        elif use.lock(session, connection_id).state == "active":
            bulk.clear(session, [upload.claimed for upload in uploads])
            bulk.give_back(session, [upload.claimed for upload in uploads])
        else:
            _move(session, uploads, lambda one: judging.without_sign_in(one, now))

    def _pace(self) -> Pace:
        share = random.random()  # noqa: S311 - spreads load, guards nothing
        return Pace(self._settings.conversion_poll_seconds, self._settings.conversion_retry_seconds, share)


def _move(session: Session, uploads: Sequence[Carried], judge: Judge) -> None:
    """Judge each, and write what comes out the same in one go."""
    groups: defaultdict[Move, list[Claimed]] = defaultdict(list)
    for upload in uploads:
        groups[judge(upload)].append(upload.claimed)
    for move, claims in groups.items():
        bulk.move(session, claims, move)
