"""The practice lead form delivers as Google does, and to this Leader only."""

import requests

from sandbox import Practice
from sandbox.ads.lead_form import lead

TYPED = {"address": "", "key": "k", "name": "Jane", "email": "j@example.com", "phone": "1", "answer": "flat"}


def test_a_lead_has_what_google_sends() -> None:
    one, other = (lead(TYPED, is_test=False) for _ in range(2))
    assert one["lead_id"] != other["lead_id"] and one["google_key"] == "k"
    assert lead(TYPED, is_test=True)["lead_id"] == lead(TYPED, is_test=True)["lead_id"]


def test_the_page_sends_to_leader_only(practice: Practice) -> None:
    page = f"{practice.http_url}/lead-form"
    assert "Webhook URL" in requests.get(page, timeout=10).text
    answer = requests.post(page, data=TYPED | {"address": "https://evil.example/"}, timeout=10)
    assert "Paste the whole webhook URL" in answer.text
