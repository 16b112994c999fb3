"""An RQ worker for one queue: `python worker.py conversions`.

The application is built once in the parent, so that a forked job starts at once. The parent opens no database
connection; jobs come as JSON, and only functions on the schedule's list are run.
"""

import sys

from flask import Flask
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from app.core.config import Settings, SettingsError
from app.core.db import db
from app.core.queue import QUEUES, ListedJob
from app.factory import create_app
from app.schedule import ALLOWED_JOBS


class LeaderWorker(Worker):
    """Runs each job inside an application context."""

    app: Flask
    max_connection_wait_time = 5.0
    """Seconds between two looks for a Valkey that went away; RQ's own minute would keep leads waiting."""

    def perform_job(self, job: Job, queue: object) -> bool:
        with self.app.app_context():
            done = super().perform_job(job, queue)  # type: ignore[arg-type]
            db.session.remove()
            return done


def build_worker(app: Flask, queue_name: str) -> LeaderWorker:
    """The worker of one queue. Its times bound how long a job of a killed worker stays unnoticed."""
    ListedJob.allowed = ALLOWED_JOBS
    bell = app.extensions["leader"].bell
    worker = LeaderWorker(
        [bell.queue(queue_name)],
        connection=bell.worker_connection(),
        serializer=JSONSerializer,
        job_class=ListedJob,
        worker_ttl=60,
        maintenance_interval=30,
        job_monitoring_interval=10,
    )
    worker.app = app
    return worker


def main(arguments: list[str]) -> int | str:
    if len(arguments) != 1 or arguments[0] not in QUEUES:
        return f"Usage: python worker.py QUEUE, where QUEUE is one of {', '.join(QUEUES)}."
    try:
        app = create_app(Settings.from_env())
    except SettingsError as error:
        return str(error)
    build_worker(app, arguments[0]).work(logging_level="WARNING")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
