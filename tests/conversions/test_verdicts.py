"""Every reason that Google's client knows for one event has words of its own; a newer one is shown as it is."""

from google.ads.datamanager_v1.types.processing_errors import ProcessingErrorReason

from app.conversions.receipts import headline, tone
from app.conversions.verdicts import VERDICTS, explain
from app.integrations.google.data_manager import short_reason

ENCRYPTION_AND_OTHER_PRODUCTS = {
    "DECRYPTION_ERROR", "DEK_DECRYPTION_ERROR", "INVALID_WIP", "INVALID_KEK", "WIP_AUTH_FAILED",
    "KEK_PERMISSION_DENIED", "AWS_AUTH_FAILED", "USER_IDENTIFIER_DECRYPTION_ERROR", "INVALID_MERCHANT_ID",
    "INSUFFICIENT_MATCHED_TRANSACTIONS", "INSUFFICIENT_TRANSACTIONS", "MATCH_ID_NOT_FOUND",
    "USER_ID_NOT_FOUND_FOR_MATCH_ID", "USER_ID_NOT_FOUND_FOR_DCLID", "INVALID_MOBILE_ID_FORMAT",
    "EVENT_ID_DECODE_ERROR", "USER_ID_NOT_FOUND_FOR_IMPRESSION_ID", "INVALID_CUSTOM_VARIABLE",
    "CUSTOM_VARIABLE_NOT_ENABLED", "ORIGINAL_CONVERSIONS_NOT_FOUND", "UNSPECIFIED",
}  # fmt: skip
"""Leader sends neither encrypted data nor store sales, custom variables or display ids."""


def test_each_reason_has_words() -> None:
    possible = {short_reason(reason) for reason in ProcessingErrorReason} - ENCRYPTION_AND_OTHER_PRODUCTS
    missing = {name for name in possible if name not in VERDICTS and not name.isdigit()}
    assert not missing


def test_no_words_betray_the_code() -> None:
    for reason, verdict in VERDICTS.items():
        assert reason not in verdict.sentence + verdict.advice
        assert verdict.sentence.endswith(".")


def test_a_new_reason_is_shown_and_said_to_be_new() -> None:
    assert "SOMETHING_NEW" in explain("SOMETHING_NEW").sentence
    assert explain("SOMETHING_NEW").kind == "ours"


def test_not_from_a_google_ad_is_never_red() -> None:
    assert headline("rejected", "CLICK_NOT_FOUND") == "Not from a Google ad"
    assert tone("rejected", "CLICK_NOT_FOUND") == "neutral"
    assert tone("rejected", "INVALID_GCLID") == "bad"
    assert tone("accepted", "") == "good"
