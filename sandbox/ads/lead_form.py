"""The practice lead form: a page that delivers a lead as Google's webhook does, to this practice's own Leader alone."""

import json
import re
import secrets
import urllib.error
import urllib.request
from datetime import UTC, datetime

from sandbox.pages import page
from sandbox.shop.click_ids import gclid
from sandbox.web import Request, Response, Routes

_FIRST = {
    "address": "",
    "key": "",
    "name": "Jane Doe",
    "email": "jane.doe@example.com",
    "phone": "+442079460958",
    "answer": "The flat one",
}
_PATH = re.compile(r"(/hooks/leads/h[0-9a-f]{32})")
_LONGEST = 200
_TIMEOUT = 10
_WORDS = {
    0: "Leader did not answer",
    200: "taken",
    403: "refused: the key is not the one in Leader",
    404: "refused: the address is not complete",
}


class LeadFormPage:
    def __init__(self, leader_url: str) -> None:
        self._leader_url = leader_url

    def routes(self) -> Routes:
        return {("GET", "/lead-form"): self._show, ("POST", "/lead-form"): self._send}

    def _show(self, _request: Request) -> Response:
        return self._page(_FIRST, "")

    def _send(self, request: Request) -> Response:
        given = dict(request.form())
        typed = {name: given.get(name, "").strip()[:_LONGEST] for name in _FIRST}
        path = _PATH.search(typed["address"])
        if path is None:
            return self._page(typed, "Paste the whole webhook URL from Leader, under Website, Google lead forms.")
        answer = deliver(self._leader_url + path[1], lead(typed, is_test=given.get("kind") == "test"))
        return self._page(typed, _WORDS.get(answer, f"answer {answer}"))

    def _page(self, typed: dict[str, str], said: str) -> Response:
        return page("practice/lead_form.html", {"typed": typed, "said": said, "leader_url": self._leader_url})


def lead(typed: dict[str, str], *, is_test: bool) -> dict[str, object]:
    """What Google sends: ids as numbers, and the name of a question only sometimes."""
    return {
        "lead_id": "TeSter-123" if is_test else secrets.token_urlsafe(60),
        "user_column_data": [
            {"column_name": "Full Name", "string_value": typed["name"], "column_id": "FULL_NAME"},
            {"column_name": "User Email", "string_value": typed["email"], "column_id": "EMAIL"},
            {"string_value": typed["phone"], "column_id": "PHONE_NUMBER"},
            {"column_name": "Which roof is it about?", "string_value": typed["answer"]},
        ],
        "api_version": "1.0",
        "form_id": 40000000000,
        "campaign_id": 20000000101,
        "adgroup_id": 20000000201,
        "creative_id": 30000000000,
        "asset_group_id": 0,
        "google_key": typed["key"],
        "gcl_id": gclid(),
        "is_test": is_test,
        "lead_submit_time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }


def deliver(url: str, body: dict[str, object]) -> int:
    """The status of the answer, 0 where there was none."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - Leader's own address
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
