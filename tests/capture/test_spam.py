"""What is taken for spam, and the way into quarantine and out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.spam import Sent, is_spam, signs
from tests.fixtures.people import Person
from tests.leads.conftest import Office, OfficeOf
from tests.leads.conftest import office as office
from tests.leads.conftest import office_of as office_of

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"
CUSTOMER = {
    "name": "Hannah Clarke",
    "email": "hannah@example.com",
    "message": "Our roof leaks, see https://photos.example/1",
}


def _signs(**sent: object) -> list[str]:
    return signs(Sent(**{**CUSTOMER, "is_trapped": False, "user_agent": BROWSER, **sent}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({}, []),
        ({"is_trapped": True}, ["TRAPPED"]),
        ({"message": "[url=http://x.example]casino[/url]"}, ["MARKUP"]),
        ({"message": '<a rel="x" href="http://x.example">casino</a>'}, ["MARKUP"]),
        ({"name": "Win at www.casino.example"}, ["LINK_IN_NAME"]),
        (
            {"message": "http://a.example http://b.example www.c.example", "user_agent": "Googlebot/2.1"},
            ["MANY_LINKS", "ROBOT"],
        ),
        (
            {"email": "x@MAILINATOR.com", "message": "http://a.example http://b.example www.c.example"},
            ["MANY_LINKS", "DISPOSABLE_ADDRESS"],
        ),
    ],
)
def test_what_speaks_for_spam(sent: dict[str, object], found: list[str]) -> None:
    assert _signs(**sent) == found
    assert is_spam(found) == bool(found)


@pytest.mark.parametrize(
    "sent",
    [
        {"email": "x@mailinator.com"},
        {"message": "http://a.example http://b.example http://c.example"},
        {"user_agent": "python-requests/2.31"},
        {"name": "O'Brien <Ltd>"},
        {"message": "", "name": "Anna"},
    ],
)
def test_one_doubt_is_not_enough(sent: dict[str, object]) -> None:
    assert not is_spam(_signs(**sent))


@given(st.text(max_size=300), st.text(max_size=100), st.text(max_size=2000), st.text(max_size=300))
def test_nothing_that_is_sent_breaks_the_rules(name: str, email: str, message: str, user_agent: str) -> None:
    found = signs(Sent(name, email, message, is_trapped=False, user_agent=user_agent))
    assert len(found) == len(set(found))


def test_a_member_decides_otherwise(office: Office) -> None:
    lead_id = office.lead(is_spam=True, spam_reasons=["TRAPPED"])
    text = office.get(f"/leads/{lead_id}").text
    assert "Taken for spam" in text and "A field that people cannot see was filled in." in text
    for verdict, event in (("no", "lead.restored"), ("yes", "lead.marked_spam")):
        for _ in range(2):
            answer = office.post(f"/leads/{lead_id}/spam-verdicts", {"is_spam": verdict})
            assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}")
        assert office.read(lead_id).is_spam == (verdict == "yes")
        assert len(office.events(lead_id, event)) == 1
    assert "Somebody in your team said so." in office.get(f"/leads/{lead_id}").text


def test_strangers_and_viewers_judge_nothing(
    office: Office, office_of: OfficeOf, charlie: Person, viewer: Person
) -> None:
    lead_id = office.lead()
    assert office_of(charlie).post(f"/leads/{lead_id}/spam-verdicts", {"is_spam": "yes"}).status_code == 404
    assert office_of(viewer).post(f"/leads/{lead_id}/spam-verdicts", {"is_spam": "yes"}).status_code == 403


def test_what_is_in_quarantine_stands_in_its_own_list(office: Office) -> None:
    office.lead("Cheap watches", is_spam=True, spam_reasons=["MARKUP"])
    assert "Cheap watches" not in office.get("/leads").text
    assert "Cheap watches" in office.get("/leads?stage=spam").text
