"""The bell: RQ jobs that tell a worker to look into the database, which is the queue.

A bell carries a function's name and ids, never data. One that is lost costs a few seconds until the schedule rings
again; one that rings twice finds nothing to do. So ringing is best effort: Valkey being down never fails a request.
"""

import contextlib
from collections.abc import Iterable
from typing import Any

import redis
import structlog
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

log = structlog.get_logger()

QUEUES = ("capture", "conversions", "default", "slow")
"""One worker process for each: RQ's safe hand-over works with exactly one queue per worker. `slow` takes what may last
longer than minutes, such as an archive of a million leads."""

LONGEST_JOB = {"slow": 7_200}
"""Seconds after which RQ ends a job; three minutes in the other queues."""

_PENDING = "bells"
_QUIET_SECONDS = 10
"""A bell that rang and was not answered is not rung again for this long."""
_STALE_SECONDS = 60
"""A bell that nobody answered for this long is forgotten, so that they do not pile up while no worker runs."""
_FAILED_SECONDS = 86_400
"""How long Valkey keeps what is known of a job that failed."""


class JobNotAllowedError(Exception):
    """Somebody put a function into the queue that is no job of Leader's."""


class ListedJob(Job):
    """A job that runs only functions on the list: whoever can write to Valkey must not choose what is executed."""

    allowed: frozenset[str] = frozenset()

    @property
    def func(self) -> Any:
        if self.func_name not in type(self).allowed:
            raise JobNotAllowedError(self.func_name)
        return super().func

    # RQ imports whatever function a job names to be called when it has ended. Leader's jobs name none.
    success_callback = failure_callback = stopped_callback = None

    def send_webhooks(self, *_args: object, **_named: object) -> None:
        """None: RQ would call whatever address a job names."""

    def perform(self) -> Any:
        """Answer the bell first, so that whatever is committed from now on rings it anew."""
        if self.connection is not None and self.func_name:
            self.connection.delete(_bell_key(self.func_name, self.args))
        return super().perform()


class Bell:
    """Rings for jobs. One for each process, made by the factory."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self.connection = connect(redis_url)

    def ring(self, queue: str, job: str, *ids: str) -> bool:
        """Put the job into the queue unless it waits there already. False when Valkey does not answer."""
        try:
            if self.connection.set(_bell_key(job, ids), "1", nx=True, ex=_QUIET_SECONDS):
                times = {"ttl": _STALE_SECONDS, "result_ttl": 60, "failure_ttl": _FAILED_SECONDS}
                self.queue(queue).enqueue(job, *ids, description="", **times)
        except redis.RedisError as error:
            log.warning("bell_not_rung", job=job, error=type(error).__name__)
            return False
        return True

    def queue(self, name: str) -> Queue:
        return Queue(
            name,
            connection=self.connection,
            serializer=JSONSerializer,
            job_class=ListedJob,
            default_timeout=LONGEST_JOB.get(name),
        )

    def worker_connection(self) -> Redis:
        """A connection that may wait long for the next job."""
        return Redis.from_url(self._redis_url)

    def is_up(self) -> bool:
        with contextlib.suppress(redis.RedisError):
            return bool(self.connection.ping())
        return False

    def install(self, session_type: type[Session] | Any) -> None:
        """Ring after the commit of whatever session asked for it with `ring_after_commit`."""
        event.listen(session_type, "after_commit", self._ring_pending)
        event.listen(session_type, "after_rollback", _forget_pending)

    def _ring_pending(self, session: Session) -> None:
        if session.in_nested_transaction():  # a savepoint: nothing is committed yet
            return
        for queue, job, *ids in session.info.pop(_PENDING, {}):
            if not self.ring(queue, job, *ids):
                return


def ring_after_commit(session: Session, queue: str, job: str, *ids: str) -> None:
    """Ask for the bell once the session's transaction has been committed."""
    session.info.setdefault(_PENDING, {})[(queue, job, *ids)] = True


def _forget_pending(session: Session) -> None:
    """A bell that rings for nothing does no harm, so that a rollback to a savepoint forgets none."""
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


def connect(redis_url: str) -> Redis:
    """A connection that gives up within a quarter of a second: a bell must not hold a request."""
    return Redis.from_url(redis_url, socket_connect_timeout=0.25, socket_timeout=0.25)


def _bell_key(job: str, ids: Iterable[str]) -> str:
    return ":".join(["leader", "bell", job, *ids])
