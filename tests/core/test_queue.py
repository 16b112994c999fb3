"""The bell: rung once for many, silent after a rollback, bounded when Valkey is gone, and deaf to foreign jobs."""

import time
from pathlib import Path

import pytest
from flask import Flask
from rq import Callback, SimpleWorker
from rq.serializers import JSONSerializer
from rq.webhook import Webhook

from app.core.queue import Bell, ListedJob, ring_after_commit
from app.schedule import ALLOWED_JOBS
from tests.fixtures.application import NewSession

JOB = "app.auth.jobs.purge_expired"


@pytest.fixture
def bell(app: Flask) -> Bell:
    found: Bell = app.extensions["leader"].bell
    return found


def work_off(app: Flask, bell: Bell) -> None:
    """As worker.py does, in this process."""
    ListedJob.allowed = ALLOWED_JOBS
    worker = SimpleWorker(
        [bell.queue("default")], connection=bell.connection, serializer=JSONSerializer, job_class=ListedJob
    )
    with app.app_context():
        worker.work(burst=True, logging_level="CRITICAL")


def test_a_bell_that_waits_is_not_rung_twice(app: Flask, bell: Bell) -> None:
    assert bell.ring("default", JOB) and bell.ring("default", JOB)
    assert bell.queue("default").count == 1
    work_off(app, bell)
    assert bell.ring("default", JOB)  # answered: it may ring anew at once
    assert bell.queue("default").count == 1


def test_other_ids_ring_another_bell(bell: Bell) -> None:
    bell.ring("default", JOB, "one")
    bell.ring("default", JOB, "two")
    assert bell.queue("default").count == 2


@pytest.mark.parametrize(("ends_with", "rings"), [("commit", 1), ("rollback", 0)])
def test_it_rings_after_a_commit_only(
    bell: Bell, new_session: NewSession, monkeypatch: pytest.MonkeyPatch, ends_with: str, rings: int
) -> None:
    session = new_session()
    bell.install(session)
    session.connection()
    ring_after_commit(session, "default", JOB)
    assert bell.queue("default").count == 0
    getattr(session, ends_with)()
    assert bell.queue("default").count == rings


@pytest.mark.parametrize("ends_with", ["commit", "rollback"])
def test_the_end_of_a_savepoint_neither_rings_nor_forgets(bell: Bell, new_session: NewSession, ends_with: str) -> None:
    session = new_session()
    bell.install(session)
    ring_after_commit(session, "default", JOB)
    getattr(session.begin_nested(), ends_with)()
    assert bell.queue("default").count == 0
    session.commit()
    assert bell.queue("default").count == 1


def test_bells_that_nobody_answers_do_not_pile_up(app: Flask, bell: Bell) -> None:
    bell.ring("default", JOB)
    (job_id,) = bell.queue("default").job_ids
    assert 0 < bell.connection.ttl(f"rq:job:{job_id}") <= 60
    bell.connection.delete(f"rq:job:{job_id}")  # as Valkey does when that time has passed
    work_off(app, bell)
    assert bell.queue("default").count == 0


def test_a_valkey_that_is_gone_costs_a_moment_and_no_error() -> None:
    began = time.monotonic()
    assert Bell("unix:///nowhere/valkey.sock").ring("default", JOB) is False
    assert time.monotonic() - began < 2


def test_a_function_that_is_no_job_is_not_run(app: Flask, bell: Bell, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    queue = bell.queue("default")
    queue.enqueue("os.system", f"touch {trap}")
    queue.enqueue("pathlib.Path", str(trap))
    queue.enqueue("app.core.queue.connect", "redis://127.0.0.1:1")
    work_off(app, bell)
    assert not trap.exists()
    assert queue.failed_job_registry.count == 3


def test_a_function_named_for_the_end_of_a_job_is_not_run(app: Flask, bell: Bell) -> None:
    """RQ would import and call it, whatever it is."""
    queue = bell.queue("default")
    queue.enqueue(
        JOB, on_success=Callback("tests.core.test_queue.never"), on_failure=Callback("tests.core.test_queue.never")
    )
    work_off(app, bell)
    assert NEVER == []


def test_an_address_named_for_the_end_of_a_job_is_not_called(
    app: Flask, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[object] = []
    monkeypatch.setattr("rq.webhook.urlopen", lambda *call, **named: called.append(call))
    for job in (JOB, "os.getcwd"):
        hooks = [Webhook("http://127.0.0.1:1/", job_status=status) for status in ("finished", "failed")]
        bell.queue("default").enqueue(job, webhooks=hooks)
    work_off(app, bell)
    assert called == []


NEVER: list[object] = []


def never(*call: object) -> None:
    NEVER.append(call)
