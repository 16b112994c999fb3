"""A refused form comes back with what was typed, wherever it stands."""

from html.parser import HTMLParser

from flask import Flask

from tests.addresses import pages
from tests.fixtures.browser import Browser
from tests.leads.conftest import Office
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

MARK = "zzyzx"
TYPED = (MARK, MARK + "x" * 7_000, f"{MARK}\0")
"""No address, no day and no number; longer than anything; with what no database takes."""
_WRITTEN = ("text", "email", "number", "date", "time", "search", "url", "tel")


class Forms(HTMLParser):
    """The forms of a page that change something: address, hidden values, and the names of what people type."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._is_open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post" and given.get("enctype") != "multipart/form-data":
            self.found.append((given.get("action", ""), {}, []))
            self._is_open = True
        elif self._is_open and (name := given.get("name")):
            _address, hidden, typed = self.found[-1]
            if given.get("type") == "hidden":
                hidden[name] = given.get("value", "")
            elif tag == "textarea" or (tag == "input" and given.get("type", "text") in _WRITTEN):
                typed.append(name)

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag != "form"


class Kept(HTMLParser):
    """What stands in the fields of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self._in_textarea = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_textarea = tag == "textarea"
        if tag == "input":
            self.text += dict(attrs).get("value") or ""

    def handle_data(self, data: str) -> None:
        self.text += data if self._in_textarea else ""


def lost(app: Flask, browser: Browser, addresses: list[str]) -> tuple[list[str], int]:
    """The forms that refused and forgot what was typed, and how many refused."""
    forgot, refused, seen = [], 0, set()
    for page in addresses:
        for action, hidden, typed in Forms(browser.get(page).text).found:
            endpoint = app.url_map.bind("leader").match((action or page).partition("?")[0], method="POST")[0]
            if not typed or endpoint in seen:
                continue
            seen.add(endpoint)
            for text in TYPED:
                answer = browser.post(action or page, data={**hidden, **dict.fromkeys(typed, text)})
                assert answer.status_code < 500, endpoint
                if answer.status_code == 422:
                    refused += 1
                    forgot += [f"{endpoint}: {text[:9]!r}"] if MARK not in Kept(answer.text).text else []
    return forgot, refused


def test_signed_in(office: Office, application: Flask) -> None:
    lead = f"/leads/{office.lead(email='jane@example.com')}"
    signed_in = [address for address in pages(application, public=False) if "/desk" not in address]
    more = [lead, "/leads/filters?stage=New", "/leads/selection?stage=New"]
    forgot, refused = lost(application, office.person.client, [*more, *signed_in])
    assert not forgot and refused > 20


def test_everybody(app: Flask, client: Browser) -> None:
    forgot, refused = lost(app, client, pages(app, public=True))
    assert not forgot and refused > 4
