"""The control pages and their JSON interface: readable, marked, and closed to other web sites."""

from typing import Any

import pytest
import requests

from sandbox import Practice
from tests.sandbox.conftest import Connect, get, post
from tests.sandbox.test_data_manager import client_for, event, ingest


def test_every_page_says_that_it_is_not_google(practice: Practice) -> None:
    for path in ("/", "/practice/click-ids", "/o/oauth2/v2/auth"):
        page = requests.get(practice.http_url + path, timeout=10)
        assert "Practice: not Google</title>" in page.text
        assert "<strong>Practice: not Google.</strong>" in page.text
        assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]


def test_the_page_shows_what_was_received(practice: Practice, connect: Connect) -> None:
    client = client_for(practice, connect())
    ingest(client, event("<b>t-1</b>", gclid="TEST_CLICK_NOT_FOUND"))
    page = requests.get(practice.http_url, timeout=10).text
    assert "&lt;b&gt;t-1&lt;/b&gt;" in page
    assert "Verdict in 30.0 practice minutes" in page
    post(practice, "clock", {"advance_seconds": 1801})
    assert "Refused: CLICK_NOT_FOUND" in requests.get(practice.http_url, timeout=10).text
    [request] = get(practice, "requests")["requests"]
    assert (request["status"], request["events"][0]["effect"]) == ("DONE", "refused")


def test_the_clock_can_run_and_jump(practice: Practice) -> None:
    before = practice.clock.now()
    post(practice, "clock", {"advance_seconds": 3600})
    assert practice.clock.now() - before >= 3600
    assert post(practice, "clock", {"speed": 600}).json()["speed"] == 600
    requests.post(f"{practice.http_url}/practice/clock", data={"speed": "1"}, timeout=10)
    assert get(practice, "clock")["speed"] == 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("clock", {}),
        ("clock", {"speed": 1, "advance_seconds": 1}),
        ("clock", {"speed": -1}),
        ("clock", {"speed": "nan"}),
        ("clock", {"speed": True}),
        ("clock", {"advance_seconds": 1e12}),
        ("faults", {"ingest": "explode"}),
        ("faults", {"ingest": "down", "moon": "down"}),
    ],
)
def test_nonsense_changes_nothing(practice: Practice, name: str, values: dict[str, Any]) -> None:
    before = get(practice, name)
    assert post(practice, name, values).status_code == 400
    after = get(practice, name)
    assert {k: v for k, v in after.items() if k != "now"} == {k: v for k, v in before.items() if k != "now"}


def test_faults_can_be_switched_on_the_page(practice: Practice) -> None:
    requests.post(f"{practice.http_url}/practice/faults", data={"ingest": "slow"}, timeout=10)
    assert get(practice, "faults")["ingest"] == "slow"
    post(practice, "reset", {})
    assert get(practice, "faults")["ingest"] == "none"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://attacker.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "attacker.example"},
    ],
)
def test_another_web_site_cannot_drive_it(practice: Practice, headers: dict[str, str]) -> None:
    url = f"{practice.http_url}/practice/api/faults"
    answer = requests.post(url, json={"ingest": "down"}, headers=headers, timeout=10)
    assert answer.status_code == 403
    assert get(practice, "faults")["ingest"] == "none"


def test_its_own_pages_may(practice: Practice) -> None:
    headers = {"Origin": practice.http_url, "Sec-Fetch-Site": "same-origin"}
    url = f"{practice.http_url}/practice/reset"
    assert requests.post(url, headers=headers, timeout=10, allow_redirects=False).status_code == 303


def test_bad_requests_are_answered(practice: Practice) -> None:
    assert requests.get(f"{practice.http_url}/nothing", timeout=10).status_code == 404
    assert requests.get(f"{practice.http_url}/token", timeout=10).status_code == 405
    assert requests.put(f"{practice.http_url}/token", timeout=10).status_code == 501
    url = f"{practice.http_url}/practice/api/clock"
    assert requests.post(url, data=b"\xff", timeout=10).status_code == 400
    too_long = requests.post(url, headers={"Content-Length": "99999999"}, timeout=10)
    assert too_long.status_code == 413
    fields = "&".join(f"f{n}=1" for n in range(10_000))
    assert requests.post(f"{practice.http_url}/token", data=fields, timeout=10).status_code == 400
    revoked = requests.post(f"{practice.http_url}/practice/revoke", data={"grant": "x"}, timeout=10)
    assert revoked.status_code == 400
