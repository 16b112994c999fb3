"""POST /c/<site key>: leads as JSON, and everything that may be wrong with them."""

import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask

from app import reactions
from app.capture import intake, jobs
from app.capture.front import Front
from app.capture.inbox import Inbox
from app.capture.pool import Pool
from app.capture.rate import RateLimit
from app.core import queue
from app.core.config import Settings
from tests.capture.conftest import JANE, TABLES, Site, fresh_address
from tests.fixtures.people import Person

AD = {
    "landing_page": "https://shop.example/?gclid=Cj0KTest&utm_campaign=Spring",
    "referrer": "https://www.google.com/",
}
BODY = {
    "client_event_id": "order-1",
    "fields": {**JANE, "roof": "slate"},
    "first": AD,
    "last": {"landing_page": "https://shop.example/quote", "referrer": ""},
    "consent": {"ad_user_data": "granted", "ad_personalization": "denied"},
    "page": "https://shop.example/quote?x=1",
    "visitor_id": "visitor-1",
}


def test_a_lead_is_stored_with_everything_it_came_with(site: Site) -> None:
    answer = site.send(BODY, headers={"User-Agent": "Firefox"}, address="10.9.8.7")
    assert answer.status_code == 201
    lead = site.row("leads")
    assert answer.json == {"id": lead["id"]}
    assert (lead["name"], lead["email"], lead["phone"], lead["phone_e164"]) == (
        *("Jane Miller", "Jane@Example.com", "020 7946 0958"),
        "+442079460958",
    )
    assert (lead["channel"], lead["source_words"], lead["currency"]) == (
        "Paid Search",
        "Google Ads · Spring · /",
        "GBP",
    )
    assert not (lead["is_test"] or lead["is_spam"] or lead["is_demo"])
    first, last = site.rows("touchpoints")
    assert (first["click_ids"], last["channel"]) == ({"gclid": "Cj0KTest"}, "Direct")
    consent = site.row("consents")
    assert (consent["ad_user_data"], consent["ad_personalization"]) == ("granted", "denied")
    assert consent["wording"] == ""
    assert site.row("events")["data"] == {"page": "/quote", "source": "Website"}
    item = site.row("inbox_items")
    assert (item["client_event_id"], item["ip_address"], item["user_agent"]) == (
        "order-1",
        "10.9.8.7",
        "Firefox",
    )
    assert site.body() == BODY
    assert item["id"] == lead["id"] and item["taken_in_at"] and not item["problem"]


def test_the_answer_may_be_read_by_any_website(site: Site) -> None:
    for answer in (site.send(BODY), site.send("{")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_browser_may_ask_first(site: Site) -> None:
    answer = site.stranger().options(f"/c/{site.key}", csrf=False)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (204, "POST")
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"


def test_the_same_sending_twice_is_one_lead(site: Site) -> None:
    first, second = site.send(BODY), site.send({**BODY, "fields": {"email": "other@example.com"}})
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert site.counts() == dict.fromkeys(TABLES, 1) | {"touchpoints": 2}


def test_twenty_at_once_are_one_lead(site: Site) -> None:
    start = threading.Barrier(20)

    def send(_number: int) -> tuple[int, Any]:
        start.wait()
        answer = site.send(BODY)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(send, range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({answer["id"] for _, answer in answers}) == 1
    assert site.counts()["leads"] == site.counts()["inbox_items"] == 1


def test_another_companys_website_may_use_the_same_id(site: Site, bob: Person) -> None:
    found = site.owner.execute(
        "SELECT site_key FROM capture_sources WHERE company_id = %s", (bob.company_id,)
    ).fetchone()
    assert found is not None
    theirs = Site(bob, str(found[0]), site.owner)
    assert [site.send(BODY).status_code, theirs.send(BODY).status_code] == [201, 201]
    assert {row["company_id"] for row in site.rows("leads")} == {
        str(site.person.company_id),
        str(bob.company_id),
    }


def test_a_test_lead_is_marked(site: Site) -> None:
    site.send({"fields": JANE, "test": True})
    site.send({"fields": JANE, "page": "https://shop.example/?leader_test=1"})
    assert [row["is_test"] for row in site.rows("leads")] == [True, True]


def test_what_a_machine_filled_in_is_kept_apart(site: Site) -> None:
    assert site.send({"fields": {**JANE, "website": "http://spam.example"}}).status_code == 201
    assert site.row("leads")["is_spam"]


WRONG: dict[str, tuple[int, dict[str, Any]]] = {
    "malformed": (400, {"data": "{"}),
    "empty": (400, {"data": ""}),
    "a list": (400, {"data": "[]"}),
    "no utf-8": (400, {"data": b'{"fields": {"name": "\xff\xfe"}}'}),
    "deep": (400, {"data": "[" * 60_000}),
    "deep objects": (400, {"data": '{"a":' * 12_000}),
    "1 MB": (413, {"data": "x" * 1_000_000}),
    "a name of 10 MB": (413, {"data": json.dumps({"fields": {"name": "n" * 10_000_000}})}),
    "a length that lies": (413, {"data": "{}", "environ_overrides": {"CONTENT_LENGTH": "99999999999"}}),
    "a length that is none": (400, {"data": "{}", "environ_overrides": {"CONTENT_LENGTH": "many"}}),
    "less than its length": (400, {"data": "{}", "environ_overrides": {"CONTENT_LENGTH": "60000"}}),
    "10,000 fields": (422, {"data": json.dumps({"fields": {str(n): "" for n in range(5_000)}})}),
    "even more fields": (413, {"data": json.dumps({"fields": {f"field-{n}": "x" for n in range(10_000)}})}),
    "wrong types": (422, {"data": json.dumps({"fields": {"name": ["Jane"], "email": {}}})}),
    "no way to answer": (422, {"data": json.dumps({"fields": {"name": "Jane"}})}),
    "a long name": (422, {"data": json.dumps({"fields": {**JANE, "name": "n" * 5_000}})}),
    "text": (415, {"data": json.dumps(BODY), "content_type": "text/plain"}),
    "a form": (415, {"data": {"email": "a@b.example"}, "content_type": "application/x-www-form-urlencoded"}),
    "no type": (415, {"data": json.dumps(BODY), "content_type": ""}),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_input_is_refused_in_a_sentence_and_leaves_nothing(site: Site, name: str) -> None:
    status, request = WRONG[name]
    answer = site.send("", **request)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["error"].endswith(".")
    assert site.counts() == dict.fromkeys(TABLES, 0)


def test_a_body_without_a_length_is_cut_off_at_the_bound(site: Site) -> None:
    chunked = {
        "wsgi.input": io.BytesIO(b"[" * 200_000),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = site.stranger().post(
        f"/c/{site.key}", csrf=False, environ_overrides=chunked, content_type="application/json"
    )
    assert answer.status_code == 413


def test_control_characters_and_half_characters_are_left_out(site: Site) -> None:
    raw = '{"fields": {"name": "Ja\\u0000ne\\ud800", "email": "a@b.example", "x\\u0000": "\\u0000\\udfff1"},'
    raw += '"first": {"landing_page": "https://s.example/?utm_source=\\u0000\\ud800x&gclid=%00"},'
    raw += '"visitor_id": "\\ud800"}'
    assert site.send(raw).status_code == 201
    assert site.row("leads")["name"] == "Jane"


@pytest.mark.parametrize("key", ["0" * 32, "short", "A" * 32, "%00" * 32, "..", "%F0%9F%8F%A0", "'--"])
def test_an_unknown_site_key(site: Site, key: str) -> None:
    answer = site.stranger().post(f"/c/{key}", json=BODY, csrf=False)
    assert answer.status_code == 404
    assert answer.json is not None
    assert site.counts()["leads"] == 0


def test_a_website_that_is_switched_off(site: Site) -> None:
    site.owner.execute("UPDATE capture_sources SET is_active = false")
    assert site.send(BODY).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_other_methods(site: Site, method: str) -> None:
    answer = site.stranger().open(f"/c/{site.key}", method=method, csrf=False)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST, OPTIONS")


def test_too_much_from_one_address(site: Site) -> None:
    address = fresh_address()
    answers = [site.send("{", address=address) for _ in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {400}
    assert answers[60].status_code == 429
    assert 1 <= int(answers[60].headers["Retry-After"]) <= 60
    assert site.send(BODY).status_code == 201


def test_without_a_database_it_asks_to_come_back(app: Flask, settings: Settings) -> None:
    nowhere = Inbox(Pool("postgresql://leader@127.0.0.1:1/leader"), RateLimit())
    sightings = app.extensions["leader_sightings"]
    front = Front(app.wsgi_app, nowhere, sightings, app.extensions["leader"].bell, settings)
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> Any:
        said.update(headers, status=status)

    raw = json.dumps(BODY).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/c/" + "0" * 32,
        "CONTENT_TYPE": "application/json; charset=utf-8",
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
    }
    body = b"".join(front(environ, start))
    assert (said["status"], said["Retry-After"]) == ("503 Service Unavailable", "30")
    assert json.loads(body)["error"]


def test_a_connection_that_broke_while_it_lay_idle_is_replaced(site: Site) -> None:
    site.send({"fields": JANE})
    # PostgreSQL ends the connections of this test's database, as a restart would.
    site.owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%INSERT INTO inbox_items%'"
    )
    assert site.send({"fields": JANE}).status_code == 201


def test_the_second_lock_judges_what_is_kept(site: Site, settings: Settings) -> None:
    """Without the gate's word nobody can write for a company."""
    forged = (
        "INSERT INTO inbox_items (company_id, id, capture_source_id, client_event_id, kind, body, ip_address,"
        " user_agent, received_at, due_at, attempts, problem)"
        " VALUES (%s, gen_random_uuid(), gen_random_uuid(), 'x', 'json', '', '', '', now(), now(), 0, '')"
    )
    product = psycopg.connect(settings.database_url, options="-c role=leader_app")
    with product as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(forged, (site.person.company_id,))


def test_valkey_being_down_delays_nothing_but_the_lead(site: Site, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    bell = app.extensions["leader"].bell
    monkeypatch.setattr(bell, "connection", queue.connect("unix:///nowhere/valkey.sock"))
    assert site.send(BODY).status_code == 201
    assert site.counts()["leads"] == 1  # the job finds it without having been called


class StumblingError(Exception):
    """As a defect in the rules would raise."""


def test_what_could_not_be_taken_in_is_kept_and_tried_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise StumblingError

    with monkeypatch.context() as broken:
        broken.setattr(intake, "compose", stumble)
        assert site.send(BODY).status_code == 201
    item = site.row("inbox_items")
    assert (item["attempts"], item["problem"], item["taken_in_at"]) == (1, "StumblingError", None)
    assert site.counts()["leads"] == 0
    assert site.send({"fields": JANE}).status_code == 201  # the one behind it is not held up
    assert site.counts()["leads"] == 1
    site.owner.execute("UPDATE inbox_items SET due_at = now()")
    site.work()
    assert site.counts()["leads"] == 2
    assert {row["problem"] for row in site.rows("inbox_items")} == {""}


def test_a_worker_that_dies_with_an_item_leaves_it_to_the_next(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(jobs, "_take_in", lambda *_: None)
        site.send(BODY)
    site.work()
    assert site.counts()["leads"] == 0  # the lease lasts
    site.owner.execute("UPDATE inbox_items SET due_at = now()")
    site.work()
    assert site.counts()["leads"] == 1


def test_an_arrival_is_an_event_that_others_may_react_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setitem(reactions.LOGGED, "lead.arrived", (lambda _session, event: heard.append(event.lead_id),))  # type: ignore[arg-type]
    site.send(BODY)
    assert [str(lead_id) for lead_id in heard] == [site.row("leads")["id"]]
