"""The page of one lead, and what can be changed there."""

import threading

import pytest
from sqlalchemy import select

from app.attribution.models import Touchpoint
from app.capture.models import Consent
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.ids import new_id
from app.core.money import MAX_MINOR
from app.leads import corrections, moves, notes
from app.leads.corrections import Details
from app.leads.locking import ChangedMeanwhileError
from app.leads.models import Note, StageChange
from tests.fixtures.people import Person
from tests.leads.conftest import HTMX, Office, OfficeOf

LEAD = HTMX | {"HX-Target": "lead"}
DETAILS = {"name": "Hannah Clarke", "email": "h@example.com", "phone": "07700 900123", "value": "1,250.50"}


def test_the_page_says_who_and_how_to_reach_them(office: Office) -> None:
    lead_id = office.lead(
        email="hannah@example.com",
        phone="07700 900123",
        phone_e164="+447700900123",
        message="Line one\n<b>two</b>",
        value_minor=125050,
    )
    text = office.get(f"/leads/{lead_id}").text
    assert 'href="mailto:hannah@example.com"' in text and 'href="tel:+447700900123"' in text
    assert "&lt;b&gt;two&lt;/b&gt;" in text
    assert "£1,250.50" in text
    assert "The lead arrived" in text


def test_other_features_show_their_panels(office: Office) -> None:
    lead_id = office.lead()
    with office.serving() as session:
        touch = {"lead_id": lead_id, "kind": "visit", "occurred_at": utc_now()}
        reason = "Paid Search because the address carried a Google click id (gclid)."
        session.add(
            Touchpoint(**touch, channel="Paid Search", channel_reason=reason, source_words="Google Ads · /quote")
        )
        session.add(Touchpoint(**touch, channel="Direct", channel_reason="", source_words="Came directly · /"))
        choice = {"ad_user_data": "granted", "ad_personalization": "denied"}
        session.add(Consent(lead_id=lead_id, **choice, way="", wording="We use what you send us."))
        session.commit()
    text = office.get(f"/leads/{lead_id}").text
    for words in (
        reason,
        "First touch",
        "Came directly",
        "Counts as the source",
        "We use what you send us.",
        "Not allowed",
    ):
        assert words in text


def test_a_lead_without_anything_has_a_page_too(office: Office) -> None:
    text = office.get(f"/leads/{office.lead('')}").text
    assert "No name given" in text and "Not known yet" in text
    assert "Nothing is known of this lead" in text and "counts as not asked" in text


def test_htmx_gets_the_part_alone(office: Office) -> None:
    text = office.partial(f"/leads/{office.lead()}").text
    assert text.lstrip().startswith('<div class="stack" id="lead"')
    assert "<html" not in text


def test_a_stage_is_changed_in_the_table(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Won"}, HTMX)
    assert answer.status_code == 200
    assert "Hannah Clarke is now in the stage “Won”." in answer.text
    assert office.read(lead_id).stage_id == office.stage_ids["Won"]
    (event,) = office.events(lead_id, "lead.stage_changed")
    assert (event.actor_name, event.data["from"], event.data["to"]) == ("Alice", "New", "Won")
    with office.serving() as session:
        change = session.scalars(select(StageChange)).one()
    assert event.data["stage_change_id"] == str(change.id)
    assert change.changed_by == office.person.user_id


def test_a_stage_is_changed_on_the_page_of_the_lead(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/stage-changes", {"stage": "Won"}, LEAD)
    assert "Alice moved it from New to Won" in answer.text


def test_a_stage_is_changed_without_javascript(office: Office) -> None:
    lead_id = office.lead()
    address = f"/leads/{lead_id}/stage-changes"
    here, there = f"/leads/{lead_id}", "/leads?stage=New"
    for came_from, back in (
        (f"http://127.0.0.1:8000{there}", there),
        (f"http://127.0.0.1:8000{here}", here),
        ("", here),
    ):
        answer = office.post(address, {"stage": "Won"}, {"Referer": came_from})
        assert (answer.status_code, answer.location) == (303, back)


def test_the_same_stage_again_is_no_change(office: Office) -> None:
    lead_id = office.lead()
    assert office.post(f"/leads/{lead_id}/stage-changes", {"stage": "New"}, HTMX).status_code == 200
    assert office.events(lead_id, "lead.stage_changed") == []
    assert office.read(lead_id).version == 1


@pytest.mark.parametrize("stage", ["", "Sold", "01990000-0000-7000-8000-000000000000", "\x00"])
def test_an_unknown_stage_changes_nothing(office: Office, stage: str) -> None:
    lead_id = office.lead()
    assert office.post(f"/leads/{lead_id}/stage-changes", {"stage": stage}).status_code == 404
    assert office.read(lead_id).version == 1


def test_a_note_is_written(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/notes", {"body": " Gate code\r\n<1234> \x00"}, LEAD)
    assert "Alice wrote a note" in answer.text and "Gate code\n&lt;1234&gt;" in answer.text
    with office.serving() as session:
        assert session.scalars(select(Note.body)).all() == ["Gate code\n<1234>"]


@pytest.mark.parametrize("body", ["", "  \n ", "\x00", "x" * 5001])
def test_a_note_that_cannot_be_saved_comes_back(office: Office, body: str) -> None:
    lead_id = office.lead()
    for headers in ({}, LEAD):
        answer = office.post(f"/leads/{lead_id}/notes", {"body": body}, headers)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert body.strip("\x00 \n") in answer.text
    assert office.events(lead_id, "lead.note_added") == []


def test_details_are_corrected(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/corrections", DETAILS | {"version": "1"})
    assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}")
    lead = office.read(lead_id)
    assert (lead.email, lead.phone_e164, lead.value_minor) == ("h@example.com", "+447700900123", 125050)
    (event,) = office.events(lead_id, "lead.corrected")
    assert event.data["fields"] == ["email", "phone", "value_minor"]
    assert event.data["changes"]["email"] == ["", "h@example.com"], "the history keeps what it said before"


def test_correcting_nothing_changes_nothing(office: Office) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/corrections", {"name": "Hannah Clarke", "version": "1"})
    assert answer.status_code == 303
    assert office.events(lead_id, "lead.corrected") == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "no address"}, "Enter an e-mail address such as"),
        ({"value": "a lot"}, "Enter an amount"),
        ({"value": "-5"}, "zero or more"),
        ({"value": "9" * 29}, "too large"),
        ({"value": "1.234"}, "at most 2 decimal places"),
        ({"name": "x" * 201}, "at most 200"),
        ({"phone": "1" * 41}, "at most 40"),
        ({"version": ""}, "expired"),
        ({"version": "1; DROP"}, "expired"),
    ],
)
def test_wrong_details_come_back_with_a_sentence(office: Office, wrong: dict[str, str], sentence: str) -> None:
    lead_id = office.lead()
    answer = office.post(f"/leads/{lead_id}/corrections", DETAILS | {"version": "1"} | wrong, LEAD)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{next(iter(wrong.values()))}"' in answer.text
    assert office.read(lead_id).version == 1


def test_the_largest_value_fits(office: Office) -> None:
    lead_id = office.lead()
    office.post(f"/leads/{lead_id}/corrections", DETAILS | {"version": "1", "value": "10000000000"})
    assert office.read(lead_id).value_minor == MAX_MINOR


def test_the_second_of_two_editors_is_told_and_loses_nothing(office: Office) -> None:
    lead_id = office.lead(phone="0131 496 0000")
    address = f"/leads/{lead_id}/corrections"
    office.post(address, {"name": "Hannah Clark", "phone": "0131 496 0000", "version": "1"})
    second = {"name": "Anna Clarke", "phone": "0131 496 0001", "version": "1"}
    answer = office.post(address, second, LEAD)
    assert answer.status_code == 422
    assert "Somebody changed this lead while you were editing it" in answer.text
    assert 'value="Anna Clarke"' in answer.text and 'value="0131 496 0001"' in answer.text
    assert "Hannah Clark" in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert office.read(lead_id).name == "Hannah Clark"
    assert office.post(address, second | {"version": "2"}).status_code == 303
    assert office.read(lead_id).name == "Anna Clarke"


def test_two_moves_at_the_same_moment_both_count(office: Office) -> None:
    lead_id = office.lead()
    failures: list[Exception] = []

    def move(stage: str) -> None:
        try:
            with office.serving() as session:
                moves.move(session, lead_id, office.stage_ids[stage], actor=Actor(new_id(), stage))
                session.commit()
        except Exception as error:  # the test shows it
            failures.append(error)

    threads = [threading.Thread(target=move, args=(stage,)) for stage in ("Contacted", "Won")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    first, second = office.events(lead_id, "lead.stage_changed")
    assert first.data["to_stage_id"] == second.data["from_stage_id"]
    assert office.read(lead_id).version == 3


def test_the_rules_know_their_limits(office: Office, bob: Person, office_of: OfficeOf) -> None:
    lead_id, actor = office.lead(), Actor(office.person.user_id, "Alice")
    foreign = office_of(bob).stage_ids["Won"]
    with office.serving() as session:
        with pytest.raises(NotFoundError):
            moves.move(session, lead_id, foreign, actor=actor)
        with pytest.raises(ChangedMeanwhileError):
            moves.move(session, lead_id, office.stage_ids["Won"], actor=actor, version=7)
        with pytest.raises(InvalidInputError):
            notes.add(session, lead_id, " ", actor=actor)
        with pytest.raises(NotFoundError):
            corrections.correct(session, new_id(), Details("", "", "", None), version=1, region="GB", actor=actor)


def test_a_stranger_finds_no_lead(office: Office, charlie: Person, office_of: OfficeOf) -> None:
    lead_id, stranger = office.lead(), office_of(charlie)
    assert stranger.get(f"/leads/{lead_id}").status_code == 404
    assert stranger.partial(f"/leads/{lead_id}").status_code == 404
    sent = {"stage": "Won", "body": "x", "version": "1", "name": "x"}
    for change in ("stage-changes", "notes", "corrections"):
        assert stranger.post(f"/leads/{lead_id}/{change}", sent).status_code == 404, change
        assert stranger.post(f"/leads/{lead_id}/{change}", sent, LEAD).status_code == 404, change
    assert office.read(lead_id).version == 1


def test_a_viewer_may_look_but_not_touch(viewer: Person, office_of: OfficeOf) -> None:
    office = office_of(viewer)
    lead_id = office.lead()
    for page in (f"/leads/{lead_id}", "/leads"):
        text = office.get(page).text
        assert "Hannah Clarke" in text and "/stage-changes" not in text and "/notes" not in text
    sent = {"stage": "Won", "body": "x", "version": "1"}
    for change in ("stage-changes", "notes", "corrections"):
        assert office.post(f"/leads/{lead_id}/{change}", sent).status_code == 403, change
    assert office.read(lead_id).version == 1


def test_writing_needs_the_csrf_token(office: Office) -> None:
    lead_id = office.lead()
    for change in ("stage-changes", "notes", "corrections"):
        answer = office.person.client.post(f"/leads/{lead_id}/{change}", data={"stage": "Won"}, csrf=False)
        assert answer.status_code == 400, change
