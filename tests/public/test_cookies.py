"""The page about cookies: what this browser has, what for, and the two choices."""

import pytest

from app.public import cookies
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person


def test_it_lists_what_this_browser_has_now(alice: Person) -> None:
    alice.client.set_cookie("somebody_elses", "1", domain="127.0.0.1")
    page = alice.client.get("/cookies").text
    assert "leader_session" in page and "Keeps you signed in" in page
    assert "somebody_elses" in page and "Not one of ours" in page
    assert page.index("leader_session") < page.index("somebody_elses")


def test_each_can_be_deleted(alice: Person) -> None:
    answer = alice.client.post("/cookies/delete", data={"name": "leader_session"})
    assert (answer.status_code, answer.location) == (303, "/cookies")
    assert alice.client.cookie("leader_session") is None
    assert "The cookie leader_session is gone" in alice.client.get("/cookies").text


@pytest.mark.parametrize("name", ["", "not_there", "x; Path=/", "a\r\nSet-Cookie: b=c"])
def test_only_what_is_there_is_deleted(client: Browser, name: str) -> None:
    answer = client.post("/cookies/delete", data={"name": name})
    assert answer.status_code == 303
    assert not [line for line in answer.headers.getlist("Set-Cookie") if not line.startswith("leader_form")]


def test_refusing_is_as_easy_and_takes_the_preferences_along(client: Browser) -> None:
    client.post("/language", data={"language": "ar"})
    assert client.cookie("leader_language") == "ar"
    client.post("/cookies/choice", data={"choice": "necessary"})
    assert client.cookie(cookies.CHOICE_COOKIE) == "necessary"
    assert client.cookie("leader_language") is None
    client.post("/language", data={"language": "ar"})
    assert client.cookie("leader_language") is None
    assert "your language is not kept" in client.get("/cookies").text
    client.post("/cookies/choice", data={"choice": "preferences"})
    client.post("/language", data={"language": "ar"})
    assert client.cookie("leader_language") == "ar"


def test_any_other_choice_changes_nothing(client: Browser) -> None:
    assert client.post("/cookies/choice", data={"choice": "everything"}).status_code == 303
    assert client.cookie(cookies.CHOICE_COOKIE) is None


def test_signing_in_and_the_profile_keep_no_language_against_the_choice(alice: Person) -> None:
    alice.client.post("/cookies/choice", data={"choice": "necessary"})
    alice.client.post("/profile", data={"name": "Alice", "job_title": "Owner", "language": "ar"})
    assert 'dir="rtl"' in alice.client.get("/profile").text, "the account keeps it"
    assert alice.client.cookie("leader_language") is None


def test_the_form_cookie_is_not_written_again_by_the_news_of_its_end(client: Browser) -> None:
    client.get("/cookies")
    client.post("/cookies/delete", data={"name": "leader_form"})
    assert client.cookie("leader_form") is None
