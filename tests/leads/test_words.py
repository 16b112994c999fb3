"""Rows and timelines in words, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Event
from app.core.ids import new_id
from app.core.words import in_language
from app.leads import filters, rows, stages, timeline
from app.leads.filters import Asked, Filters, Reader
from app.leads.gates import LeadRow, StageRow
from app.leads.naming import Named

NEW, WON = StageRow(new_id(), "New", "new"), StageRow(new_id(), "Won & paid", "won")
AT = datetime(2026, 7, 1, 8, 5, tzinfo=UTC)


def a_lead(**values: object) -> LeadRow:
    row = {
        "id": str(new_id()),
        "created_at": AT,
        "stage_id": str(NEW.id),
        "name": "Hannah Clarke",
        "email": "hannah@example.com",
        "phone": "07700 900123",
        "channel": "Paid Search",
        "source_words": "Google Ads · /quote",
        "value_minor": None,
        "currency": "GBP",
        "is_test": False,
        "is_demo": False,
    }
    return LeadRow(**row | values)  # type: ignore[arg-type]


def the_row(**values: object) -> rows.Row:
    return drawn(a_lead(**values))


def drawn(lead: LeadRow, time_zone: str = "Europe/London") -> rows.Row:
    (row,) = rows.rows(rows.items([lead]), [NEW, WON], time_zone, "/leads")
    return row


@pytest.mark.parametrize(
    ("values", "title", "contact"),
    [
        ({}, "Hannah Clarke", "hannah@example.com · 07700 900123"),
        ({"email": ""}, "Hannah Clarke", "07700 900123"),
        ({"name": ""}, "hannah@example.com", "07700 900123"),
        ({"name": "", "email": ""}, "07700 900123", ""),
        ({"name": "", "email": "", "phone": ""}, "No name given", ""),
    ],
)
def test_a_lead_is_called_by_what_is_known(values: dict[str, object], title: str, contact: str) -> None:
    row = the_row(**values)
    assert (row.title, row.contact) == (title, contact)


def test_a_changed_lead_is_another_row() -> None:
    lead = a_lead()
    for name, zone in (("Hannah", "Europe/London"), ("Imran", "Europe/London"), ("Imran", "America/New_York")):
        row = drawn(lead._replace(name=name), zone)
        assert row.title == name
        assert row.arrived_exact.endswith("09:05" if zone == "Europe/London" else "04:05")


def test_a_remembered_row_grows_older(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = a_lead()
    said = []
    for minutes in (0, 5, 125, 60 * 24, 60 * 49):
        now = AT + timedelta(minutes=minutes)
        monkeypatch.setattr("app.core.template_filters.utc_now", lambda now=now: now)
        said.append(drawn(lead).arrived)
    assert said == ["just now", "5 min ago", "2 h ago", "yesterday", "2 days ago"]


def test_a_remembered_row_keeps_to_its_language(application: Flask) -> None:
    lead = a_lead()
    with application.app_context():
        english, arabic = (_in(code, lead) for code in ("en", "ar"))
        assert (english.arrived_exact, english.arrived) == (_in("en", lead).arrived_exact, _in("en", lead).arrived)
    assert english.arrived_exact != arabic.arrived_exact
    assert english.arrived != arabic.arrived


def _in(code: str, lead: LeadRow) -> rows.Row:
    with in_language(code):
        return drawn(lead)


def test_a_row_says_value_and_time_as_people_do() -> None:
    row = the_row(value_minor=125050)
    assert row.value == "£1,250.50"
    assert row.arrived_exact == "1 Jul 2026, 09:05"
    assert the_row().value == ""


def test_the_options_name_the_stages_safely_and_choose_the_present_one() -> None:
    assert the_row(stage_id=str(WON.id)).stages == "<option>New<option selected>Won &amp; paid"


def read(**asked: str) -> Filters:
    reader = Reader(new_id(), "Europe/London", "GBP")
    return filters.parse([NEW], Asked(**asked), reader, Named(owner_id=NEW.id))


def test_filters() -> None:
    assert not read(term="  ")
    assert read(stage="New").stage_id == NEW.id
    assert read(stage=str(NEW.id)).stage_id == NEW.id
    assert read(stage="spam", term="x").is_spam
    assert read(term="\x00 a  b ").term == "a b"
    assert len(read(term="x" * 9999).term) == 100
    with pytest.raises(NotFoundError):
        stages.chosen([NEW], "Sold")


def test_days_are_those_of_the_company_and_the_last_one_is_whole() -> None:
    day = read(since="2026-07-01", until="2026-07-01")
    assert day.since == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert day.until == datetime(2026, 7, 1, 23, tzinfo=UTC)


@pytest.mark.parametrize("asked", [{"since": "x"}, {"until": "9999-12-31"}, {"since": "2026-02-30"}, {"least": "much"}])
def test_what_is_no_day_or_amount_gets_a_sentence(asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        read(**asked)


def test_only_what_is_set_is_wanted() -> None:
    assert read().wanted() == {}
    assert read(owner="nobody", waiting="y", least="1,250.50").wanted() == {
        "is_unowned": "True",
        "is_waiting": "True",
        "least": "125050",
    }
    assert read(term="50%_", stage="spam").wanted() == {"pattern": r"%50\%\_%"}
    assert read(least="0").wanted() == {"least": "0"}
    with pytest.raises(NotFoundError):
        read(tag="gone")


def told(type_: str, **data: object) -> timeline.Entry:
    event = Event(type=type_, actor_name="Alice", data=data, at=AT)
    (entry,) = timeline.entries([event], {}, [NEW, WON])
    return entry


def test_the_timeline_in_words() -> None:
    moved = {"from": "New", "to": "Won & paid", "to_stage_id": str(WON.id)}
    assert told("lead.stage_changed", **moved).title == "Alice moved it from New to Won & paid"
    assert told("lead.stage_changed", **moved).tone == "good"
    fields = ["name", "email", "value_minor"]
    assert told("lead.corrected", fields=fields).title == "Alice changed the name, e-mail address and value"
    assert told("lead.note_added", note_id="gone").text == ""
    assert timeline.entries([Event(type="company.founded", data={}, at=AT)], {}, []) == []
