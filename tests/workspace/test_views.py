"""Saved views: mine, shared, and nobody else's."""

import re

import pytest

from app.core.ids import new_id
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf


def save(office: Office, name: str, **asked: str) -> int:
    return office.post("/leads/views", {"name": name, **asked}).status_code


def test_a_view_is_saved_and_found_again(office: Office) -> None:
    answer = office.post("/leads/views", {"name": " Hot  ones ", "stage": "New", "owner": "me", "q": "Hannah"})
    assert answer.status_code == 303
    assert answer.location == "/leads?stage=New&owner=me"
    page = office.get("/leads/filters").text
    assert 'href="/leads?stage=New&amp;owner=me"' in page.replace("owner=me&amp;stage=New", "stage=New&amp;owner=me")
    assert "Hot ones" in page and "Hannah" not in page
    assert office.get("/leads?stage=New&owner=me").status_code == 200


def test_the_same_name_is_the_same_view(office: Office) -> None:
    assert save(office, "Hot", stage="New") == save(office, "hot", stage="Won") == 303
    page = office.get("/leads/filters").text
    assert "stage=Won" in page and "stage=New" not in page


@pytest.mark.parametrize("name", ["", " \x00 ", "x" * 61])
def test_a_bad_name_gets_a_sentence(office: Office, name: str) -> None:
    answer = office.post("/leads/views", {"name": name, "stage": "New"})
    assert answer.status_code == 422 and "1 to 60 characters" in answer.text
    assert '<input type="hidden" name="stage" value="New">' in answer.text


@pytest.mark.parametrize("address", ["/leads", "/leads/selection", "/leads/export.csv", "/leads/filters"])
def test_a_day_or_an_amount_that_is_none_stays_in_the_form(office: Office, address: str) -> None:
    answer = office.get(f"{address}?from=tomorrowish&least=a+lot&tag=&most=5")
    assert answer.status_code == (200 if address == "/leads/filters" else 422)
    assert 'value="tomorrowish"' in answer.text and 'value="a lot"' in answer.text
    assert answer.text.count("field__error") == 2


def test_htmx_is_sent_to_the_form(office: Office) -> None:
    assert office.partial("/leads?from=x").headers["HX-Redirect"] == "/leads/filters?from=x"


def test_deleting(office: Office) -> None:
    save(office, "Hot", stage="New")
    address = re.search(r'action="(/leads/views/[^"]+/removals)"', office.get("/leads/filters?stage=New").text)
    assert address
    assert office.post(address[1], {}).status_code == 303
    assert office.post(address[1], {}).status_code == 404
    assert "None yet" in office.get("/leads/filters").text


def test_others_see_what_is_shared_alone(office: Office, bob: Person, office_of: OfficeOf) -> None:
    save(office, "Private", stage="New")
    save(office, "For all", stage="Won", is_shared="y")
    others = office_of(bob)
    assert "For all" not in others.get("/leads/filters").text
    assert others.post(f"/leads/views/{new_id()}/removals", {}).status_code == 404


def test_viewers_save_nothing(viewer: Person, office_of: OfficeOf) -> None:
    assert save(office_of(viewer), "Hot", stage="New") == 403
