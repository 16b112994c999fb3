"""What may be sent about a lead, and what must stay at home."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.conversions.eligibility import CLICK_IDS, Facts, Identifiers, Refusal, Terms, Touch, choose_click
from app.conversions.eligibility import decide as decide_at

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TERMS = Terms(counting_type="MANY_PER_CLICK", window_days=90)


def touches(*ids: Mapping[str, str], days_ago: int = 2) -> list[Touch]:
    """Visits one hour apart, the oldest first."""
    first = NOW - timedelta(days=days_ago)
    return [Touch(first + timedelta(hours=number), one) for number, one in enumerate(ids)]


def decide(facts: Facts, terms: Terms = TERMS) -> Identifiers | Refusal:
    return decide_at(facts, terms, NOW)


GRANTED = Facts(
    is_excluded="",
    region="GB",
    ad_user_data="granted",
    ad_personalization="granted",
    touches=touches({"gclid": "Cj0KCQjwAAAAAAAAAAAAAA"}),
    email="alexz@example.com",
    phone_e164="+18005550100",
)


def test_everything_goes_along_with_consent() -> None:
    decision = decide(GRANTED)
    assert isinstance(decision, Identifiers)
    assert decision.click_id == ("gclid", "Cj0KCQjwAAAAAAAAAAAAAA")
    assert decision.email_sha256 and decision.email_sha256.startswith("509e9330")
    assert decision.phone_sha256 and decision.phone_sha256.startswith("fb4f73a6")


@pytest.mark.parametrize("region", ["GB", "US"])
def test_a_no_is_a_no_everywhere(region: str) -> None:
    assert decide(replace(GRANTED, ad_user_data="denied", region=region)) == Refusal("DENIED_CONSENT")


def test_an_unknown_choice_sends_nothing_where_consent_is_the_law() -> None:
    assert decide(replace(GRANTED, ad_user_data="unknown", region="DE")) == Refusal("UNKNOWN_CONSENT")


def test_an_unknown_choice_elsewhere_sends_the_click_id_alone() -> None:
    decision = decide(replace(GRANTED, ad_user_data="unknown", region="US"))
    assert decision == Identifiers(("gclid", "Cj0KCQjwAAAAAAAAAAAAAA"), None, None)


@pytest.mark.parametrize("reason", ["TEST_LEAD", "SPAM_LEAD"])
def test_excluded_leads_are_never_sent(reason: str) -> None:
    assert decide(replace(GRANTED, is_excluded=reason)) == Refusal(reason)


def test_nothing_to_match_by() -> None:
    assert decide(replace(GRANTED, touches=touches({}), email="", phone_e164="")) == Refusal("NO_IDENTIFIERS")


@pytest.mark.parametrize(
    ("visits", "chosen"),
    [
        ([], None),
        ([{}], None),
        ([{"gclid": "old"}, {"gclid": "new"}], ("gclid", "new")),
        ([{"gclid": "old"}, {}], ("gclid", "old")),
        ([{"wbraid": "w", "gbraid": "b"}], ("gbraid", "b")),
        ([{"wbraid": "w", "gbraid": "b", "gclid": "g"}], ("gclid", "g")),
        ([{"gclid": "g"}, {"wbraid": "w"}], ("wbraid", "w")),
        ([{"msclkid": "m"}], None),
    ],
)
def test_exactly_one_click_id_of_the_latest_ad_visit(
    visits: Sequence[dict[str, str]], chosen: tuple[str, str] | None
) -> None:
    click = choose_click(touches(*visits), TERMS, NOW)
    assert (click and (click.name, click.value)) == chosen


@pytest.mark.parametrize("damaged", ["Cj0 KCQ", "cj0kcqjwaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x" * 513, "Cj0é"])
def test_a_damaged_click_id_gives_way_to_the_one_before(damaged: str) -> None:
    facts = replace(GRANTED, touches=touches({"gclid": "Cj0KCQgood"}, {"gclid": damaged}))
    decision = decide(facts)
    assert isinstance(decision, Identifiers) and decision.click_id == ("gclid", "Cj0KCQgood")
    alone = replace(GRANTED, touches=touches({"gclid": damaged}), email="", phone_e164="")
    assert decide(alone) == Refusal("INVALID_GCLID")


def test_a_click_outside_the_window_leaves_the_contact_alone() -> None:
    late = replace(GRANTED, touches=touches({"gclid": "Cj0KCQold"}, days_ago=31))
    decision = decide(late, replace(TERMS, window_days=30))
    assert isinstance(decision, Identifiers) and decision.click_id is None and decision.email_sha256
    assert decide(replace(late, email="", phone_e164=""), replace(TERMS, window_days=30)) == Refusal("EXPIRED_EVENT")
    ancient = replace(late, touches=touches({"gclid": "Cj0KCQold"}, days_ago=92), email="", phone_e164="")
    assert decide(ancient, replace(TERMS, window_days=120)) == Refusal("EXPIRED_EVENT"), "Google forgets after 90 days"


def test_an_iphones_id_does_not_fit_a_conversion_that_counts_once() -> None:
    facts = replace(GRANTED, touches=touches({"gbraid": "0AAAA"}), email="", phone_e164="")
    reason = "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID"
    assert decide(facts, replace(TERMS, counting_type="ONE_PER_CLICK")) == Refusal(reason)


def test_a_rule_may_ask_for_a_yes_and_for_sources() -> None:
    unknown = replace(GRANTED, ad_user_data="unknown", region="US", channel="Paid Search")
    assert decide(unknown, replace(TERMS, needs_consent=True)) == Refusal("UNKNOWN_CONSENT")
    assert decide(unknown, replace(TERMS, channels=["Email"])) == Refusal("SOURCE_NOT_CHOSEN")
    assert isinstance(decide(unknown, replace(TERMS, channels=["Paid Search"])), Identifiers)


@given(
    st.lists(st.dictionaries(st.sampled_from((*CLICK_IDS, "msclkid")), st.text(max_size=60), max_size=4), max_size=5),
    st.sampled_from(["granted", "denied", "unknown"]),
    st.sampled_from(["GB", "US", ""]),
    st.text(max_size=30),
    st.booleans(),
)
def test_without_a_yes_no_contact_data_ever_leaves(
    visits: list[dict[str, str]], consent: str, region: str, email: str, needs_consent: bool
) -> None:
    facts = replace(GRANTED, touches=touches(*visits), ad_user_data=consent, region=region, email=email)
    decision = decide(facts, replace(TERMS, needs_consent=needs_consent))
    if isinstance(decision, Refusal):
        assert decision.reason
        return
    assert consent != "denied"
    assert consent == "granted" or not (needs_consent or region == "GB")
    assert consent == "granted" or (decision.email_sha256 is None and decision.phone_sha256 is None)
    assert any((decision.click_id, decision.email_sha256, decision.phone_sha256))
