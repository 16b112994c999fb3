"""The other way to Google: the Google Ads API, for installations that it still lets in, with a verdict for each row."""

from typing import Any

import pytest

from tests.conversions.conftest import Desk
from tests.conversions.test_batches import SettingsOf, finish, sizes, with_settings  # noqa: F401 - a fixture


@pytest.fixture
def ads(desk: Desk, with_settings: SettingsOf) -> Desk:  # noqa: F811
    """A company of an installation that uploads through the Google Ads API, together from two on."""
    with_settings(google_upload_api="google_ads", conversion_batch_from=2)
    return desk


def test_the_verdict_comes_at_once(ads: Desk) -> None:
    lead_id = ads.won()
    ads.work()
    assert ads.state(lead_id) == ("accepted", "")
    (conversion,) = ads.counted()
    receipt = ads.receipt(lead_id)
    assert conversion["transaction_id"] == receipt.transaction_id
    assert (conversion["value"], conversion["currency"], conversion["click_id"][:6]) == (250.0, "GBP", "Cj0KCQ")
    assert receipt.request_id and sizes(ads) == []


def test_each_row_has_its_own_verdict(ads: Desk) -> None:
    good, cut = ads.won(), ads.won("TEST_UNPARSEABLE_GCLID")
    late, early = ads.won("TEST_EXPIRED_EVENT"), ads.won("TEST_TOO_RECENT_EVENT")
    ads.work()
    assert ads.state(good) == ("accepted", "")
    assert ads.state(cut) == ("rejected", "UNPARSEABLE_GCLID")
    assert ads.state(late) == ("rejected", "EXPIRED_EVENT")
    assert ads.state(early) == ("waiting", "TOO_RECENT_EVENT")
    assert len(ads.counted()) == 1


def test_a_cut_answer_is_sent_again_and_a_known_order_is_a_yes(ads: Desk) -> None:
    ads.control("faults", ads_uploads="cut")
    lead_id = ads.won()
    ads.work()
    assert ads.state(lead_id)[0] == "waiting" and len(ads.counted()) == 1
    ads.control("faults", ads_uploads="none")
    finish(ads, 1)
    assert ads.state(lead_id) == ("accepted", "ORDER_ID_ALREADY_IN_USE")
    assert len(ads.counted()) == 1


@pytest.mark.parametrize("by_row", [False, True])
def test_an_installation_that_is_not_let_in_changes_over_for_good(ads: Desk, by_row: bool) -> None:
    if by_row:
        first = ads.won("TEST_CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE")
    else:
        ads.control("faults", ads_uploads="closed")
        first = ads.won()
    ads.work()
    assert ads.state(first)[0] == "sent"
    assert ads.office.row(ads.connection_id).upload_api == "data_manager"
    assert "Data Manager" in ads.office.client.get(f"/connections/{ads.connection_id}").text
    ads.control("faults", ads_uploads="none")
    second = ads.won()
    ads.work()
    assert ads.state(second)[0] == "sent" and sizes(ads) == [1, 1]
    unclear = ads.owner.execute("SELECT unclear FROM conversion_uploads WHERE lead_id = %s", (first,)).fetchone()
    assert unclear == (1,), "the refused sending reached nothing"


def test_what_was_sent_the_other_way_is_asked_about_there(desk: Desk, with_settings: SettingsOf) -> None:  # noqa: F811
    lead_id = desk.won()
    desk.work()
    with_settings(google_upload_api="google_ads")
    finish(desk, 1)
    assert desk.state(lead_id) == ("accepted", "")


def test_a_changed_value_goes_the_way_that_takes_changes(ads: Desk) -> None:
    lead_id = ads.won()
    ads.work()
    ads.move(lead_id, "Contacted")
    ads.work()
    (conversion,) = ads.counted()
    assert (conversion["value"], conversion["adjustments"]) == (0.0, 1)


def test_a_dead_token_is_renewed_and_a_missing_access_told(ads: Desk) -> None:
    ads.office.revoke_at_google()
    lead_id = ads.won()
    for _ in range(3):
        ads.make_due()
        ads.work()
    assert ads.state(lead_id) == ("held", "NEEDS_RECONNECT")
    ads.office.connect()
    ads.work()
    assert ads.state(lead_id) == ("accepted", "")


@pytest.mark.parametrize(("fault", "reason"), [("down", "UNAVAILABLE"), ("quota", "RESOURCE_EXHAUSTED")])
def test_google_down_or_full_is_tried_later(ads: Desk, fault: str, reason: str) -> None:
    lead_id: Any = ads.won()
    ads.control("faults", ads=fault)
    ads.work()
    assert ads.state(lead_id) == ("waiting", reason)
