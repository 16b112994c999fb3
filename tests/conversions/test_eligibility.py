"""What may be sent about a lead, and what must stay at home."""

from dataclasses import replace

import pytest

from app.conversions.eligibility import Facts, Identifiers, Refusal, choose_click_id, decide

GRANTED = Facts(
    is_excluded="",
    region="GB",
    ad_user_data="granted",
    ad_personalization="granted",
    click_ids=[{"gclid": "Cj0KCQjwAAAAAAAAAAAAAA"}],
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
    assert decide(replace(GRANTED, click_ids=[{}], email="", phone_e164="")) == Refusal("NO_IDENTIFIERS")


@pytest.mark.parametrize(
    ("touches", "chosen"),
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
    touches: list[dict[str, str]], chosen: tuple[str, str] | None
) -> None:
    assert choose_click_id(touches) == chosen
