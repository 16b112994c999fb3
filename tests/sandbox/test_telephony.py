"""The practice telephone signs as Twilio does, and calls nobody else."""

import requests

from sandbox import Practice
from sandbox.telephony import provider


def test_twilios_published_example() -> None:
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert provider.signature("12345", url, list(fields.items())) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_page_calls_leader_only(practice: Practice) -> None:
    page = f"{practice.http_url}/calls"
    assert "Auth token" in requests.get(page, timeout=10).text
    typed = {"kind": "missed", "address": "https://evil.example/", "token": "t", "caller": "1", "called": "2"}
    assert "Paste the whole address" in requests.post(page, data=typed, timeout=10).text
    assert requests.post(page, data={**typed, "kind": "other"}, timeout=10).status_code == 400
