"""A person at a browser, in front of the practice Google's sign-in and consent pages."""

import re
from html import unescape
from urllib.parse import urljoin

import requests

OWNER, AGENCY, NEWCOMER = (f"10000000000000000000{n}" for n in (1, 2, 3))


def consent(url: str, person: str = OWNER, *, untick: tuple[str, ...] = (), decision: str = "allow") -> str:
    """Chooses the person, unticks some scopes, and presses a button. Returns the address sent back to."""
    accounts = requests.get(url, timeout=10)
    assert "Practice: not Google" in accounts.text
    link = re.search(rf'<a href="([^"]+)" data-person="{person}"', accounts.text)
    assert link, accounts.text
    page = requests.get(urljoin(url, unescape(link[1])), timeout=10, allow_redirects=False)
    if page.status_code == 302:  # nothing new to consent to
        return page.headers["Location"]
    fields = [(n, unescape(v)) for n, v in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)]
    boxes = [unescape(v) for v in re.findall(r'type="checkbox" name="allow" value="([^"]*)"', page.text)]
    fields += [("allow", scope) for scope in boxes if scope not in untick] + [("decision", decision)]
    target = urljoin(url, "/o/oauth2/v2/auth")
    answer = requests.post(target, data=fields, timeout=10, allow_redirects=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]
