"""Following up through the browser's requests."""

import pytest

from app.core.ids import new_id
from app.follow_up import queries
from tests.fixtures.people import Person
from tests.leads.conftest import HTMX, Office, OfficeOf


def test_the_page_of_a_lead_offers_to_follow_up(office: Office) -> None:
    text = office.get(f"/leads/{office.lead()}").text
    for words in ("I have answered", "Who answers this lead", "Worth a quote?", "Plan a task", "Add a tag"):
        assert words in text
    assert "Why was it lost?" not in text


def test_everything_is_done_with_plain_forms(office: Office) -> None:
    lead_id = office.lead()
    here = f"/leads/{lead_id}"
    office.post(f"{here}/stage-changes", {"stage": "Lost"})
    with office.serving() as session:
        reason = queries.lost_reasons(session)[0]
    for path, data in (
        ("assignments", {"owner": str(office.person.user_id)}),
        ("answers", {}),
        ("judgements", {"quotable": "yes"}),
        ("loss-reasons", {"reason": str(reason.id)}),
        ("tags", {"name": "Spring"}),
        ("tasks", {"title": "Call back", "due_on": "2026-12-01", "due_time": "", "assignee": ""}),
    ):
        answer = office.post(f"{here}/{path}", data)
        assert (answer.status_code, answer.location) == (303, here), path
    text = office.get(here).text
    for words in (
        "Alice gave it to Alice",
        "worth a quote",
        "Too expensive",
        "Spring",
        "Call back",
        "1 Dec 2026, 09:00",
    ):
        assert words in text


def test_htmx_is_led_to_the_part_of_the_page(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/tags", {"name": "Spring"}, HTMX)
    assert answer.status_code == 303
    text = office.partial(answer.location).text
    assert "Spring" in text and "<html" not in text


def test_a_refused_tag_stays_in_its_field(office: Office) -> None:
    answer = office.post(f"/leads/{office.lead()}/tags", {"name": "x" * 41}, HTMX)
    assert answer.status_code == 422 and "<html" not in answer.text
    assert "A tag has 1 to 40 characters." in answer.text and f'value="{"x" * 41}"' in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("assignments", {"owner": "nobody"}),
        ("assignments", {"owner": "01990000-0000-7000-8000-000000000000"}),
        ("loss-reasons", {"reason": "x"}),
    ],
)
def test_choices_that_were_never_offered(office: Office, path: str, data: dict[str, str]) -> None:
    lead_id = office.lead()
    assert office.post(f"/leads/{lead_id}/{path}", data).status_code == 404


@pytest.mark.parametrize(
    "data",
    [{}, {"title": "x"}, {"title": "x", "due_on": "yesterday"}, {"title": "x" * 300, "due_on": "2026-12-01"}],
)
def test_a_task_that_cannot_be_planned_says_why(office: Office, data: dict[str, str]) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/tasks", data)
    assert office.events(lead_id, "lead.task_planned") == []
    assert answer.status_code == 422 and "field__error" in answer.text


def test_strangers_find_nothing(office: Office, office_of: OfficeOf, charlie: Person) -> None:
    lead_id = office.lead()
    office.post(f"/leads/{lead_id}/tasks", {"title": "Call", "due_on": "2026-12-01"})
    with office.serving() as session:
        task = queries.tasks_of(session, lead_id)[0]
    stranger = office_of(charlie)
    for path, data in (
        ("assignments", {"owner": ""}),
        ("answers", {}),
        ("judgements", {"quotable": "yes"}),
        ("loss-reasons", {"reason": ""}),
        ("tags", {"name": "x"}),
        (f"tags/{new_id()}/removals", {}),
        ("tasks", {"title": "x", "due_on": "2026-12-01"}),
    ):
        assert stranger.post(f"/leads/{lead_id}/{path}", data).status_code == 404, path
    assert stranger.post(f"/tasks/{task.id}/completions", {}).status_code == 404


def test_viewers_look_only(viewer: Person, office_of: OfficeOf) -> None:
    office = office_of(viewer)
    lead_id = office.lead()
    text = office.get(f"/leads/{lead_id}").text
    assert "Who answers this lead" in text and "I have answered" not in text
    assert office.post(f"/leads/{lead_id}/answers", {}).status_code == 403
    assert office.get("/today").status_code == 200
    assert office.get("/settings/lost-reasons").status_code == 403


def test_the_agenda_is_worked_off_in_place(office: Office) -> None:
    lead_id = office.lead("Hannah Clarke", phone="07700 900123")
    assert "Hannah Clarke" in office.get("/today").text
    answer = office.post(f"/leads/{lead_id}/answers", {}, {"Referer": "http://127.0.0.1:8000/today?whose=all"})
    assert answer.location == "/today?whose=all"
    assert "Nothing is waiting for you" in office.get("/today").text


def test_the_owner_keeps_the_reasons(office: Office) -> None:
    office.post("/settings/lost-reasons", {"name": "Too far away"})
    text = office.get("/settings/lost-reasons").text
    assert "“Too far away” can be chosen from now on." in text
    with office.serving() as session:
        reason = queries.lost_reasons(session)[-1]
    office.post(f"/settings/lost-reasons/{reason.id}/retirements", {})
    assert "is no longer offered" in office.get("/settings/lost-reasons").text
    assert office.post(f"/settings/lost-reasons/{new_id()}/retirements", {}).status_code == 404
    refused = office.post("/settings/lost-reasons", {"name": "y" * 99})
    assert refused.status_code == 422 and "field__error" in refused.text and "y" * 99 in refused.text
