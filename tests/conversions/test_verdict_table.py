"""Every reason that Google can give has its words: asked of Google's own packages, so that a new one shows here."""

import pytest
from google.ads.datamanager_v1.types.error import ErrorReason
from google.ads.datamanager_v1.types.processing_errors import ProcessingErrorReason
from google.ads.googleads.v26.errors.types.conversion_adjustment_upload_error import ConversionAdjustmentUploadErrorEnum
from google.ads.googleads.v26.errors.types.conversion_upload_error import ConversionUploadErrorEnum

from app.conversions.verdict_words import VERDICTS
from app.conversions.verdicts import explain
from app.integrations.google.data_manager import short_reason

UPLOADS = [member.name for member in ConversionUploadErrorEnum.ConversionUploadError]
ADJUSTMENTS = [member.name for member in ConversionAdjustmentUploadErrorEnum.ConversionAdjustmentUploadError]
PROCESSING = [short_reason(member) for member in ProcessingErrorReason if not member.name.endswith("_UNSPECIFIED")]
REQUESTS = [
    "NO_IDENTIFIERS_PROVIDED",
    "INVALID_CONVERSION_ACTION_ID",
    "INVALID_CONVERSION_ACTION_TYPE",
    "CONVERSION_ACTION_TOO_RECENTLY_CREATED",
    "EVENT_TIME_INVALID",
    "INVALID_AD_IDENTIFIER_FOR_ACCOUNT",
    "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS",
    "TERMS_AND_CONDITIONS_NOT_SIGNED",
    "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
    "OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH",
    "DESTINATION_ACCOUNT_TYPE_MISMATCH",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
]
ACCESS = [
    "OAUTH_TOKEN_INVALID",
    "OAUTH_TOKEN_EXPIRED",
    "OAUTH_TOKEN_REVOKED",
    "AUTHENTICATION_ERROR",
    "NOT_ADS_USER",
    "CUSTOMER_NOT_FOUND",
    "CLIENT_CUSTOMER_ID_INVALID",
    "GOOGLE_ACCOUNT_DELETED",
    "TWO_STEP_VERIFICATION_NOT_ENROLLED",
    "ORGANIZATION_NOT_APPROVED",
    "ADVANCED_PROTECTION_NOT_ENROLLED",
    "USER_PERMISSION_DENIED",
    "PROJECT_DISABLED",
    "CUSTOMER_NOT_ENABLED",
    "INCOMPLETE_SIGNUP",
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION",
    "ACTION_NOT_PERMITTED",
    "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT",
    "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION",
    "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE",
    "RESOURCE_TEMPORARILY_EXHAUSTED",
    "ACCESS_PROHIBITED",
    "INTERNAL_ERROR",
    "TRANSIENT_ERROR",
    "DEADLINE_EXCEEDED",
    "invalid_grant",
]
KINDS = {
    "TOO_RECENT_EVENT": "wait",
    "TOO_RECENT_CONVERSION_ACTION": "wait",
    "TOO_RECENT_CALL": "wait",
    "CONVERSION_NOT_FOUND": "wait",
    "UNPARSEABLE_GCLID": "fix",
    "EXPIRED_EVENT": "final",
    "CLICK_NOT_FOUND": "neutral",
    "ORDER_ID_ALREADY_IN_USE": "neutral",
    "CONVERSION_ALREADY_RETRACTED": "neutral",
    "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS": "fix",
    "INVALID_USER_IDENTIFIER": "ours",
    "TOO_MANY_CONVERSIONS_IN_REQUEST": "ours",
    "INTERNAL_ERROR": "wait",
    "DENIED_CONSENT": "final",
}


@pytest.mark.parametrize("reason", sorted({*UPLOADS, *ADJUSTMENTS, *PROCESSING, *REQUESTS, *ACCESS}))
def test_each_reason_has_words_of_its_own(reason: str) -> None:
    assert reason in VERDICTS
    verdict = explain(reason)
    assert str(verdict.sentence).endswith(".") and reason not in str(verdict.sentence)


@pytest.mark.parametrize(("reason", "kind"), KINDS.items())
def test_the_kind_decides_what_leader_does(reason: str, kind: str) -> None:
    assert explain(reason).kind == kind


def test_an_unknown_reason_is_shown_as_it_is() -> None:
    assert "BRAND_NEW" in str(explain("BRAND_NEW").sentence)


def test_every_request_reason_is_one_of_googles() -> None:
    names = {member.name for member in ErrorReason}
    assert {reason for reason in REQUESTS if f"ERROR_REASON_{reason}" not in names and reason not in names} == set()
