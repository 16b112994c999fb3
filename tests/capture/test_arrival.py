"""How a submission becomes a lead with its touches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.capture import submission
from app.capture.arrival import Arrival, compose
from app.capture.submission import Seen, Tracking

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AD = Seen("https://shop.example/?gclid=Cj0K&utm_campaign=Spring", "https://www.google.com/", NOW - timedelta(days=3))
DIRECT = Seen("https://shop.example/quote", "", NOW - timedelta(hours=1))


def lead_of(tracking: Tracking, **fields: str) -> Arrival:
    read = submission.read({"email": "jane@example.com", **fields}, tracking)
    return compose(read, region="GB", now=NOW)


def test_the_last_touch_that_is_not_direct_names_the_source() -> None:
    lead = lead_of(Tracking(first=AD, last=DIRECT))
    assert [touch.channel for touch in lead.touches] == ["Paid Search", "Direct"]
    assert lead.source.channel == "Paid Search"
    assert lead.source.source_words == "Google Ads · Spring · /"


def test_one_visit_that_was_first_and_last_is_one_touch() -> None:
    assert len(lead_of(Tracking(first=AD, last=AD)).touches) == 1


def test_without_the_tag_the_forms_page_is_the_touch() -> None:
    (touch,) = lead_of(Tracking(page="https://shop.example/quote?utm_source=bing&utm_medium=cpc")).touches
    assert (touch.kind, touch.channel) == ("form", "Paid Search")


def test_the_hosted_form_is_named_instead_of_its_key() -> None:
    lead = lead_of(Tracking(page=f"https://leader.example/f/{'a' * 32}"))
    assert lead.source.source_words == "Came directly · hosted form"


def test_without_anything_it_came_directly() -> None:
    assert lead_of(Tracking()).source.source_words == "Came directly"


def test_a_clock_that_is_wrong_is_not_believed() -> None:
    for at in (NOW + timedelta(minutes=1), NOW - timedelta(days=500), None):
        (touch,) = lead_of(Tracking(first=replace(AD, at=at))).touches
        assert touch.occurred_at == NOW


def test_the_mark_of_a_test_lead_on_any_visit() -> None:
    assert lead_of(Tracking(first=replace(AD, landing_page=AD.landing_page + "&leader_test=1"))).is_test
    assert not lead_of(Tracking(first=AD)).is_test


def test_a_phone_number_is_read_as_in_the_companys_country() -> None:
    assert lead_of(Tracking(), phone="020 7946 0958").phone_e164 == "+442079460958"
    assert lead_of(Tracking(), phone="+49 30 123456").phone_e164 == "+4930123456"
    assert lead_of(Tracking(), phone="ask at the bar").phone_e164 == ""
