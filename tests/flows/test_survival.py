"""Every process is killed, one after the other, at a bad moment; nothing is lost, and all comes back by itself."""

import re
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import psutil
import pytest
import requests

from tests.browser.house import House, running
from tests.sandbox.visitor import consent

pytestmark = pytest.mark.slow
PATIENCE = 120


class Member:
    """The demo company's owner with a browser that has no JavaScript."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.http = requests.Session()
        self.post("/sign-in", page="/sign-in", email=house.email, password=house.password)

    def get(self, path: str) -> str:
        answer = self.http.get(self.house.leader + path, timeout=30)
        answer.raise_for_status()
        return answer.text

    def post(self, path: str, page: str, **fields: str) -> requests.Response:
        token = re.search(r'name="?csrf_token"?[^>]*value="([^"]+)"', self.get(page))
        assert token, f"{page} has no form"
        answer = self.http.post(self.house.leader + path, data={"csrf_token": token[1], **fields}, timeout=30)
        assert answer.ok, answer.text
        return answer

    def connect_and_map(self) -> None:
        leaving = self.post("/connections/attempts", page="/connections").text
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', leaving)
        assert found
        self.http.get(consent(unescape(found[1])), timeout=30).raise_for_status()
        eventually(lambda: "Northgate Roofing, GBP" in self.get("/conversions"))
        page = self.get("/conversions")
        stage = re.search(r'<option value="([^"]+)"[^>]*>Won<', page)
        action = re.search(r'<option value="([^"]+)"[^>]*>[^<]*Northgate Roofing, GBP', page)
        assert stage and action
        self.post(
            "/conversions/mappings",
            page="/conversions",
            stage_id=stage[1],
            action_id=action[1],
            value_rule="fixed",
            value="250",
        )

    def lead_page(self, name: str) -> str:
        found = re.search(rf'href="?(/leads/[0-9a-f-]{{36}})"?>{name}<', self.get(f"/leads?q={name}"))
        return found[1] if found else ""


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    folder = tempfile.TemporaryDirectory(prefix="leader-survival-", ignore_cleanup_errors=True)
    with folder as name, running(Path(name)) as found:
        yield found


def test_leads_and_conversions_survive_the_death_of_every_process(house: House) -> None:
    member = Member(house)
    member.connect_and_map()
    site_key = re.search(r'data-site-key=(?:"|&#34;|&quot;)([0-9a-f]{32})', member.get("/website"))
    assert site_key
    names = []
    for victim in (
        "valkey-server",
        "worker.py conversions",
        "leader schedule",
        "granian",
        "postgres",
        "worker.py capture",
    ):
        kill(house, victim)
        name = f"Survivor{secrets.token_hex(3)}"
        eventually(lambda name=name: send_lead(house, site_key[1], name))
        names.append(name)
        eventually(lambda name=name: member.lead_page(name))
        address = member.lead_page(name)
        member.post(f"{address}/stage-changes", page=address, stage="Won")
        kill(house, "worker.py conversions")  # while it may be sending
    for name in names:
        eventually(lambda name=name: "Accepted by Google" in member.get(member.lead_page(name)))
    counted = requests.get(f"{house.google}/practice/api/conversions", timeout=10).json()["conversions"]
    assert sorted(conversion["count"] for conversion in counted) == [1] * len(names)
    eventually(lambda: requests.get(f"{house.leader}/readyz", timeout=10).json()["status"] == "ready")


def send_lead(house: House, site_key: str, name: str) -> bool:
    """As a program would: again with the same id until it is answered."""
    page = f"https://shop.example/quote?gclid=Cj0KCQ{secrets.token_urlsafe(40)}"
    body = {
        "client_event_id": name,
        "fields": {"name": name, "email": f"{name}@example.org"},
        "first": {"landing_page": page},
        "last": {"landing_page": page},
        "consent": {"ad_user_data": "granted", "ad_personalization": "granted"},
    }
    return requests.post(f"{house.leader}/c/{site_key}", json=body, timeout=10).status_code in (200, 201)


def kill(house: House, words: str) -> None:
    """SIGKILL to the oldest process of the run whose command line holds these words, and to its children."""
    running_now = psutil.Process(house.supervisor).children(recursive=True)
    victims = [process for process in running_now if words in command_line(process)]
    for process in victims:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue


def command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def eventually(happens: Callable[[], object]) -> None:
    """Wait until it happens; a refused connection is only a "not yet"."""
    ends_at = time.monotonic() + PATIENCE
    while True:
        try:
            if happens():
                return
        except requests.RequestException:
            pass
        assert time.monotonic() < ends_at, "it did not happen in time"
        time.sleep(0.5)
