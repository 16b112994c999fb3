"""A rule and the leads of the last 90 days: shown, and sent only when asked for."""

import uuid

import pytest
from sqlalchemy import select

from app.conversions import jobs, mappings, past
from app.conversions.mappings import Wish
from app.core.errors import InvalidInputError, NotFoundError
from app.leads.models import Lead
from tests.connections.conftest import Office
from tests.conversions.conftest import Desk
from tests.fixtures.people import Person


def start_anew(desk: Desk) -> str:
    """The rule did not exist when three leads were won; the address of the one made now."""
    with desk.office.serving() as session:
        action_id = mappings._active(session, desk.mapping_id).conversion_action_id
        mappings.remove(session, desk.mapping_id)
        session.commit()
    desk.won(name="One")
    desk.won(name="Two")
    desk.won(name="Denied", consent="denied")
    back = desk.won(name="Back")
    desk.move(back, "Contacted")
    answer = desk.office.post(
        "/conversions/mappings",
        {
            "stage_id": str(desk.stage_ids["Won"]),
            "action_id": str(action_id),
            "value": "40",
            "value_rule": "fixed",
            "percent": "100",
        },
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_new_rule_says_what_it_would_do_and_does_it_when_asked(desk: Desk) -> None:
    address = start_anew(desk)
    page = desk.office.client.get(address)
    assert "Send these 2 leads to Google" in page.text and "£80" in page.text
    assert "said no" in page.text
    desk.work()
    assert desk.counted() == []
    assert desk.office.post(f"{address}/past").status_code == 303
    with desk.office.app.app_context():
        jobs.plan_past()
        jobs.plan_past()
    desk.work()
    assert sum(conversion["count"] for conversion in desk.counted()) == 2
    assert "Send these" not in desk.office.client.get(address).text


def test_a_rule_is_changed(desk: Desk) -> None:
    address = f"/conversions/mappings/{desk.mapping_id}"
    wish = {"value": "10", "value_rule": "percent", "percent": "40", "needs_consent": "y", "channels": "Paid Search"}
    assert desk.office.post(address, wish).status_code == 303
    lead_id = desk.won(value_minor=200_00)
    assert desk.state(lead_id) == ("skipped", "SOURCE_NOT_CHOSEN")
    lead_id = desk.won(value_minor=200_00, channel="Paid Search")
    desk.work()
    assert [conversion["value"] for conversion in desk.counted()] == [80.0]
    text = desk.office.client.get("/conversions").text
    assert "40 % of the lead" in text and "Only from: Paid Search" in text


def test_a_lead_that_goes_back_while_the_others_are_planned_is_left_out(desk: Desk) -> None:
    mapping_id = uuid.UUID(start_anew(desk).rpartition("/")[2])
    with desk.office.serving() as session:
        found = past.target(session, mapping_id)
        (lead_id, at), (other, other_at) = past.ready_leads(session, found)
        known = session.scalars(select(Lead).where(Lead.id == lead_id)).one()
        desk.move(lead_id, "Contacted")
        past.plan_one(session, found, known.id, at)
        past.plan_one(session, found, other, other_at)
        past.plan_one(session, found, uuid.uuid4(), at)
        session.commit()
    planned = desk.owner.execute("SELECT lead_id FROM conversion_uploads WHERE mapping_id = %s", (mapping_id,))
    assert planned.fetchall() == [(other,)]


@pytest.mark.parametrize(
    "bad", [{"value": "x"}, {"percent": "0"}, {"percent": "5000"}, {"value_rule": "other"}, {"channels": "Nowhere"}]
)
def test_a_bad_change_is_refused(desk: Desk, bad: dict[str, str]) -> None:
    good = {"value": "10", "value_rule": "fixed", "percent": "100"}
    answer = desk.office.post(f"/conversions/mappings/{desk.mapping_id}", good | bad)
    assert answer.status_code == 422
    with desk.office.serving() as session:
        assert mappings._active(session, desk.mapping_id).value_minor == 250_00


@pytest.mark.parametrize("wish", [Wish("1", "other"), Wish("1", percent=0), Wish("1", channels=["Nowhere"])])
def test_the_rule_itself_refuses_too(desk: Desk, wish: Wish) -> None:
    with desk.office.serving() as session, pytest.raises(InvalidInputError):
        mappings.change(session, desk.mapping_id, wish)


def test_strangers_and_viewers_change_nothing(desk: Desk, charlie: Person, viewer: Person) -> None:
    stranger = Office(desk.office.app, desk.office.google, charlie)
    for path in ("", "/past", "/removal"):
        assert stranger.post(f"/conversions/mappings/{desk.mapping_id}{path}").status_code == 404
    assert stranger.client.get(f"/conversions/mappings/{desk.mapping_id}").status_code == 404
    onlooker = Office(desk.office.app, desk.office.google, viewer)
    for path in ("/conversions/pause", "/conversions/pause/end", f"/conversions/mappings/{desk.mapping_id}/past"):
        assert onlooker.post(path).status_code == 403
    with stranger.serving() as session, pytest.raises(NotFoundError):
        mappings.change(session, desk.mapping_id, Wish("1"))
