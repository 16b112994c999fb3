"""The inbox: whatever happens after the answer, each sending becomes one lead, and none keeps another waiting."""

import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import Client

from app import reactions
from app.capture import gates, jobs
from app.capture.front import Front
from app.core.config import Settings
from app.core.db import db
from app.core.queue import Bell
from tests.capture.conftest import JANE, Site, fresh_address

MOST_STEPS = 100


class StumblingError(Exception):
    """As a defect in the rules would raise."""


def stumble(*_: object) -> None:
    raise StumblingError


def sent(site: Site, name: str = "Jane") -> str:
    """Answered, and waiting: no worker has heard of it. The lead's id."""
    answer = site.stranger().post(f"/c/{site.key}", json={"fields": {**JANE, "name": name}}, csrf=False)
    assert answer.status_code == 201
    return str(answer.json["id"])


def pass_time(site: Site) -> None:
    """Leases and pauses are over."""
    site.owner.execute("UPDATE inbox_items SET due_at = now() WHERE taken_in_at IS NULL")


def names(site: Site) -> list[str]:
    return [row["name"] for row in site.rows("leads")]


def test_the_answer_names_the_lead_that_is_made_of_it(site: Site) -> None:
    lead_id = sent(site)
    assert site.counts() == {"inbox_items": 1, "leads": 0, "touchpoints": 0, "consents": 0, "events": 0}
    site.work()
    assert site.row("leads")["id"] == lead_id
    site.work()
    assert site.counts() == {"inbox_items": 1, "leads": 1, "touchpoints": 1, "consents": 1, "events": 1}


def test_a_poisoned_body_keeps_no_other_waiting(site: Site) -> None:
    poisoned, _, _ = sent(site, "First"), sent(site, "Second"), sent(site, "Third")
    site.owner.execute("UPDATE inbox_items SET body = '[' WHERE id = %s", (poisoned,))
    site.work()
    assert names(site) == ["Second", "Third"]
    first = site.rows("inbox_items")[0]
    assert (first["id"], first["problem"], first["attempts"]) == (poisoned, "MalformedError", 1)


@pytest.mark.parametrize(("attempts", "pause"), [(0, 20), (3, 160), (7, 2560), (40, 3600)])
def test_the_pauses_grow_up_to_an_hour(site: Site, attempts: int, pause: int) -> None:
    poisoned = sent(site)
    site.owner.execute("UPDATE inbox_items SET body = '[', attempts = %s WHERE id = %s", (attempts, poisoned))
    began = datetime.now().astimezone()
    site.work()
    wait = datetime.fromisoformat(site.row("inbox_items")["due_at"]) - began
    assert pause <= wait.total_seconds() < pause + 10


def test_what_follows_from_a_lead_fails_with_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(site)
    with monkeypatch.context() as broken:
        broken.setitem(reactions.LOGGED, "lead.arrived", (stumble,))  # type: ignore[arg-type]
        site.work()
    assert site.counts() == {"inbox_items": 1, "leads": 0, "touchpoints": 0, "consents": 0, "events": 0}
    pass_time(site)
    site.work()
    assert names(site) == ["Jane"]


def test_a_form_that_cannot_be_taken_in_at_once_is_thanked_for_and_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setitem(reactions.LOGGED, "lead.arrived", (stumble,))  # type: ignore[arg-type]
        answer = site.fill(JANE, follow_redirects=True)
    assert (answer.status_code, "Your message is with" in answer.text) == (200, True)
    assert (site.counts()["inbox_items"], site.counts()["leads"]) == (1, 0)
    site.work()
    assert names(site) == ["Jane Miller"]


def killed_at(app: Flask, step: int) -> bool:
    """Work in a process that is killed at this database step. False when it came to its end before."""
    process = os.fork()
    if not process:
        left = iter(range(1, step))

        def count(*_: object) -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        with app.app_context():
            db.engine.dispose(close=False)
            for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
                event.listen(db.engine, name, count)
            jobs.take_in_waiting()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


@pytest.mark.slow
def test_a_worker_killed_at_any_step_loses_and_doubles_nothing(site: Site, app: Flask) -> None:
    for step in range(1, MOST_STEPS):
        pair = {sent(site, f"First {step}"), sent(site, f"Second {step}")}
        was_killed = killed_at(app, step)
        site.work()
        waiting = pair - {row["id"] for row in site.rows("leads")}
        assert len(waiting) <= was_killed, "a worker that dies keeps more waiting than the item it died of"
        pass_time(site)
        site.work()
        if not was_killed:
            break
    assert not was_killed, "taking two in takes more steps than this test kills at"
    assert step > 40
    assert len(names(site)) == len(set(names(site))) == 2 * step
    assert len(site.rows("events")) == len(site.rows("consents")) == 2 * step


def front_of(app: Flask, settings: Settings, bell: Bell) -> Client:
    return Client(
        Front(app.wsgi_app, app.extensions["leader_inbox"], app.extensions["leader_sightings"], bell, settings)
    )


def seconds(act: Callable[[], object]) -> float:
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_the_worker_is_called_for_the_first_of_many(site: Site, app: Flask, settings: Settings) -> None:
    bell: Bell = app.extensions["leader"].bell
    browser = front_of(app, settings, bell)

    def calls() -> int:
        """How many calls one more sending makes, when every call is answered at once."""
        bell.connection.flushdb()
        where = {"REMOTE_ADDR": fresh_address()}
        assert browser.post(f"/c/{site.key}", json={"fields": JANE}, environ_base=where).status_code == 201
        return bell.queue("capture").count

    assert calls() == 1
    assert calls() == 0
    time.sleep(0.3)
    assert calls() == 1


def test_a_valkey_that_hangs_holds_up_one_lead_only(site: Site, app: Flask, settings: Settings) -> None:
    def send() -> None:
        where = {"REMOTE_ADDR": fresh_address()}
        assert browser.post(f"/c/{site.key}", json={"fields": JANE}, environ_base=where).status_code == 201

    with socket.create_server(("127.0.0.1", 0)) as silent:
        browser = front_of(app, settings, Bell(f"redis://127.0.0.1:{silent.getsockname()[1]}"))
        assert 0.2 < seconds(send) < 2
        time.sleep(0.3)  # longer than a Valkey that answers is left alone
        assert seconds(send) < 0.2


def test_a_sending_that_came_before_is_found_by_its_key(site: Site) -> None:
    """However many a company has: the row is not looked for among all of them."""
    sent(site)
    site.owner.execute(
        "INSERT INTO inbox_items SELECT company_id, gen_random_uuid(), capture_source_id, 'e-' || n, kind, body, '',"
        " '', received_at, now(), due_at, 0, '' FROM inbox_items, generate_series(1, 5000) n"
    )
    site.owner.execute("ANALYZE inbox_items")
    with site.owner.transaction(force_rollback=True):
        site.owner.execute("SET LOCAL ROLE leader_app")
        plan = site.owner.execute("EXPLAIN " + gates._FIND, (site.key, "e-4999")).fetchall()
    found = next(str(line[0]) for line in plan if "Index Cond" in str(line[0]))
    assert all(column in found for column in ("company_id", "capture_source_id", "client_event_id")), plan


def test_a_lead_that_had_to_wait_still_comes_to_the_top(site: Site) -> None:
    """An open table tells what is newer than its newest row."""
    answer = site.stranger().post(f"/c/{site.key}", json={"fields": JANE}, csrf=False)
    site.fill({**JANE, "name": "Quick"})
    site.work()
    newest = max(site.rows("leads"), key=lambda row: row["created_at"])
    assert newest["id"] == answer.json["id"]
