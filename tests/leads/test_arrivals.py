"""New leads appear without reloading."""

import re

from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf


def listener(text: str) -> str:
    found = re.search(r'id="lead-arrivals" hx-get="([^"]+)"', text)
    assert found
    return found[1].replace("&amp;", "&")


def test_nothing_new_is_no_content(office: Office) -> None:
    office.lead()
    answer = office.partial(listener(office.get("/leads").text))
    assert (answer.status_code, answer.data) == (204, b"")


def test_new_leads_come_with_words_and_the_next_address(office: Office) -> None:
    office.lead("Old", hours_ago=5)
    address = listener(office.get("/leads").text)
    office.lead("First", hours_ago=2)
    office.lead("Second", hours_ago=1)
    text = office.partial(address).text
    assert text.index("Second") < text.index("First")
    assert "Old" not in text
    assert "2 new leads have arrived." in text
    assert 'hx-swap-oob="afterbegin:#lead-rows"' in text
    assert office.partial(listener(text)).status_code == 204


def test_one_lead_is_named(office: Office) -> None:
    office.lead("Old", hours_ago=5)
    address = listener(office.get("/leads").text)
    office.lead("Hannah")
    assert "A new lead has arrived: Hannah." in office.partial(address).text


def test_more_than_a_page_at_once_arrive_in_turn(office: Office) -> None:
    office.lead("Old", hours_ago=500)
    address = listener(office.get("/leads").text)
    for number in range(55):
        office.lead(f"Lead {number}", hours_ago=100 - number)
    first = office.partial(address).text
    second = office.partial(listener(first)).text
    assert first.count("<tr") == 50 and second.count("<tr") == 5


def test_a_lead_of_this_very_second_waits_for_its_elders(office: Office) -> None:
    office.lead("Old")
    address = listener(office.get("/leads").text)
    office.lead("Young", hours_ago=0)
    assert office.partial(address).status_code == 204


def test_the_first_lead_of_all_draws_the_page_anew(office: Office) -> None:
    address = listener(office.get("/leads").text)
    assert office.partial(address).status_code == 204
    office.lead()
    assert office.partial(address).headers["HX-Refresh"] == "true"


def test_the_filter_holds_for_arrivals_too(office: Office) -> None:
    office.lead("Old", hours_ago=5, stage="Won")
    address = listener(office.get("/leads?stage=Won").text)
    office.lead("New one")
    assert office.partial(address).status_code == 204
    office.lead("Won one", stage="Won")
    assert "Won one" in office.partial(address).text


def test_older_pages_and_searches_do_not_listen(office: Office) -> None:
    for number in range(51):
        office.lead(f"Lead {number}", hours_ago=number)
    found = re.search(r'href="([^"]+after=[^"]+)"', office.partial("/leads").text)
    assert found
    for address in (found[1].replace("&amp;", "&"), "/leads?q=lead"):
        assert "every 4s" not in office.partial(address).text


def test_other_companies_leads_do_not_arrive(office: Office, bob: Person, office_of: OfficeOf) -> None:
    office.lead("Old", hours_ago=5)
    address = listener(office.get("/leads").text)
    office_of(bob).lead("Hidden")
    assert office.partial(address).status_code == 204
