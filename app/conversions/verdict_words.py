"""What each of Google's reasons means, and what the business can do about it: the whole table.

Reasons of the Data Manager API, of the Google Ads API (uploads, adjustments, access, quota), and Leader's own.
"""

from app.conversions.verdict import Verdict
from app.core.words import lazy_gettext as _

_NOTHING_TO_DO = _("There is nothing to do.")
_OTHER_ACTION = _("Choose another conversion under Conversions.")
REPORTED = _("This is for us to mend; the entry below helps our support.")

_CUT_CLICK_ID = Verdict(
    "fix",
    _("The click id is damaged: it was cut or changed on its way to your website."),
    _("Check that no redirect, form or plug-in shortens or lower-cases your landing pages' addresses."),
)
_TOO_RECENT = Verdict(
    "wait", _("The click is so recent that Google is still working on it."), _("Leader tries again by itself.")
)
_TOO_OLD = Verdict(
    "final",
    _("The click is older than Google accepts for this conversion."),
    _("Next time move the lead sooner, or lengthen the conversion's click window in Google Ads."),
)
_NO_CLICK = Verdict("neutral", _("Not from a Google ad: Google found no ad click by this person."), _NOTHING_TO_DO)
_COUNTED = Verdict("neutral", _("Google has counted this conversion already."), _NOTHING_TO_DO)
_WRONG_ACCOUNT = Verdict(
    "fix",
    _("The click belongs to another Google Ads account."),
    _("Connect the account that paid for the ad, and choose its conversion under Conversions."),
)
_TERMS = Verdict(
    "fix",
    _("Google's customer data terms have not been accepted for this ad account."),
    _("In Google Ads open Goals, then Settings, and accept the customer data terms."),
)
_BUSY = Verdict("wait", _("Google is busy or out of order."), _("Leader tries again by itself."))
_OURS = Verdict("ours", _("Google could not read what Leader sent."), REPORTED)
_WRONG_ACTION = Verdict("fix", _("Google does not accept uploads for this conversion."), _OTHER_ACTION)
_NO_ACCESS = Verdict(
    "fix",
    _("Google no longer lets Leader use this ad account."),
    _("Connect Google Ads again with a login that may manage the account. Nothing is lost until then."),
)

_SIGN_IN = Verdict(
    "fix", _("Your Google sign-in no longer works."), _("Connect Google Ads again; everything that waits is sent then.")
)
_INSTALLATION = Verdict(
    "ours",
    _("Google has not approved this installation of Leader for this."),
    _("Whoever runs it must apply at console.cloud.google.com/google/ads-apis."),
)
_NOT_ALLOWLISTED = Verdict(
    "wait",
    _("Google takes no uploads this way from this installation."),
    _("Leader sends it the other way by itself."),
)

VERDICTS: dict[str, Verdict] = {
    "CLICK_NOT_FOUND": _NO_CLICK,
    "INVALID_CLICK": _NO_CLICK,
    "EVENT_NOT_FOUND": _NO_CLICK,
    "USER_ID_NOT_FOUND_FOR_GCLID": _NO_CLICK,
    "USER_ID_NOT_FOUND": _NO_CLICK,
    "EXTERNAL_ATTRIBUTION_DATA_MISSING": Verdict(
        "fix", _("This conversion belongs to an outside attribution tool and takes no plain uploads."), _OTHER_ACTION
    ),
    "TOO_RECENT_CLICK": _TOO_RECENT,
    "TOO_RECENT_EVENT": _TOO_RECENT,
    "CONVERSION_ACTION_TOO_RECENTLY_CREATED": Verdict(
        "wait",
        _("The conversion was set up less than six hours ago; Google accepts it after that."),
        _("Leader tries again by itself."),
    ),
    "EVENT_TOO_OLD": _TOO_OLD,
    "EXPIRED_EVENT": _TOO_OLD,
    "EVENT_TIME_INVALID": Verdict(
        "fix", _("Google does not accept the time of this conversion."), _("Check the date of the sale.")
    ),
    "CONVERSION_PRECEDES_CLICK": Verdict(
        "fix", _("The sale is dated before the click."), _("Check the date of the sale.")
    ),
    "INVALID_GCLID": _CUT_CLICK_ID,
    "INVALID_GBRAID": _CUT_CLICK_ID,
    "INVALID_WBRAID": _CUT_CLICK_ID,
    "INVALID_AD_IDENTIFIERS": _CUT_CLICK_ID,
    "DUPLICATE_GCLID": _COUNTED,
    "DUPLICATE_TRANSACTION_ID": _COUNTED,
    "DENIED_CONSENT": Verdict(
        "final", _("The visitor said no to use for advertising. That is respected."), _NOTHING_TO_DO
    ),
    "NO_CONSENT": Verdict(
        "fix",
        _("Google was not told that the visitor agreed."),
        _("Connect your website's cookie banner to Leader's tag, so that the choice comes with each lead."),
    ),
    "UNKNOWN_CONSENT": Verdict(
        "fix",
        _("It is not known whether the visitor agreed to use for advertising, so nothing was sent."),
        _("Connect your website's cookie banner to Leader's tag, so that the choice comes with each lead."),
    ),
    "INVALID_OPERATING_ACCOUNT_FOR_CLICK": _WRONG_ACCOUNT,
    "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER": _WRONG_ACCOUNT,
    "INVALID_AD_IDENTIFIER_FOR_ACCOUNT": _WRONG_ACCOUNT,
    "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED": _TERMS,
    "TERMS_AND_CONDITIONS_NOT_SIGNED": _TERMS,
    "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS": Verdict(
        "fix",
        _("The ad account does not accept contact data yet."),
        _("In Google Ads open Goals, then Settings, and switch on enhanced conversions for leads."),
    ),
    "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS": Verdict(
        "final",
        _("Google does not allow contact data for this ad account."),
        _("Only leads with a click id can be reported."),
    ),
    "INVALID_CONVERSION_ACTION_ID": Verdict("fix", _("This conversion no longer exists in Google Ads."), _OTHER_ACTION),
    "INVALID_CONVERSION_ACTION_TYPE": _WRONG_ACTION,
    "DESTINATION_ACCOUNT_TYPE_MISMATCH": _WRONG_ACTION,
    "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID": Verdict(
        "fix",
        _("Clicks from iPhones need a conversion that counts every time."),
        _("In Google Ads set the conversion's count to Every, or choose another one."),
    ),
    "OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH": _NO_ACCESS,
    "PERMISSION_DENIED": _NO_ACCESS,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _NO_ACCESS,
    "NOT_FOUND": _NO_ACCESS,
    "NEEDS_RECONNECT": Verdict(
        "fix",
        _("Your Google sign-in no longer works."),
        _("Connect Google Ads again; everything that waits is sent then."),
    ),
    "seal_broken": Verdict(
        "fix",
        _("The stored Google sign-in could not be read."),
        _("Delete the connection and connect Google Ads again."),
    ),
    "INVALID_REQUEST_ID": Verdict(
        "wait",
        _("Google does not know this sending any more."),
        _("Leader sends the same again; Google counts it once."),
    ),
    "REQUEST_TOO_OLD": Verdict(
        "wait",
        _("Google no longer keeps the answer to this sending."),
        _("Leader sends the same again; Google counts it once."),
    ),
    "NO_IDENTIFIERS": Verdict(
        "neutral",
        _("Nothing to report: this lead has no ad click, e-mail or phone that Google could match."),
        _NOTHING_TO_DO,
    ),
    "NO_IDENTIFIERS_PROVIDED": Verdict(
        "neutral", _("There was nothing by which Google could match this lead."), _NOTHING_TO_DO
    ),
    "TEST_LEAD": Verdict("neutral", _("This is a test or sample lead. Those are never reported."), _NOTHING_TO_DO),
    "SPAM_LEAD": Verdict("neutral", _("This lead is marked as spam. Spam is never reported."), _NOTHING_TO_DO),
    "CONNECTION_DELETED": Verdict(
        "final",
        _("The connection to Google Ads was deleted before this was sent."),
        _("Connect again to report future sales."),
    ),
    "VERDICT_NOT_ASKED": Verdict(
        "final",
        _("This was sent, or may have been, and the connection was deleted before Google's answer could be read."),
        _NOTHING_TO_DO,
    ),
    "TRIED_TOO_OFTEN": Verdict(
        "ours", _("Google could not be reached in many tries."), _("Use Send again when Google works.")
    ),
    "NO_VERDICT": Verdict(
        "ours", _("Google took this but never said what became of it."), _("Look for it in Google Ads.")
    ),
    "LEAD_GONE": Verdict("final", _("The lead is no longer there."), _NOTHING_TO_DO),
    "ACTION_REMOVED": Verdict("final", _("The conversion that this belongs to was removed."), _OTHER_ACTION),
    "RESOURCE_EXHAUSTED": _BUSY,
    "DEADLINE_EXCEEDED": _BUSY,
    "INTERNAL_ERROR": _BUSY,
    "UNAVAILABLE": _BUSY,
    "NO_CONNECTION": Verdict("wait", _("Google could not be reached."), _("Leader tries again by itself.")),
    "UNREADABLE_ANSWER": Verdict(
        "wait",
        _("Google's answer was cut off, so it is not known whether it arrived."),
        _("Leader sends the same again; Google counts it once."),
    ),
    "UNAUTHENTICATED": Verdict("wait", _("Google asked for a fresh sign-in."), _("Leader renews it by itself.")),
    "INVALID_FORMAT": _OURS,
    "INVALID_EVENT": _OURS,
    "INVALID_ARGUMENT": _OURS,
    "REQUIRED_FIELD_MISSING": _OURS,
    "INVALID_HEX_ENCODING": _OURS,
    "INVALID_CURRENCY_CODE": _OURS,
    "NOT_ALLOWLISTED": Verdict("ours", _("Google has not opened this feature for the account."), REPORTED),
    "ACCESS_DENIED_FOR_ACCOUNT_TYPE": _NO_ACCESS,
    "ACTION_NOT_PERMITTED": _NO_ACCESS,
    "ADJUSTMENT_PRECEDES_CONVERSION": _OURS,
    "AUTHENTICATION_ERROR": _SIGN_IN,
    "CALL_CONVERSION_ALREADY_EXISTS": _COUNTED,
    "CLICK_CONVERSION_ALREADY_EXISTS": _COUNTED,
    "CLIENT_CUSTOMER_ID_INVALID": _OURS,
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": _INSTALLATION,
    "CLOUD_PROJECT_NOT_FOUND": _INSTALLATION,
    "CLOUD_PROJECT_NOT_UNDER_ORGANIZATION": _INSTALLATION,
    "CONVERSION_ACTION_NOT_ELIGIBLE_FOR_ENHANCEMENT": _WRONG_ACTION,
    "CONVERSION_ALREADY_ENHANCED": _COUNTED,
    "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS": _TERMS,
    "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE": _NOT_ALLOWLISTED,
    "CUSTOMER_NOT_FOUND": _NO_ACCESS,
    "CUSTOM_VARIABLE_VALUE_CONTAINS_PII": _OURS,
    "DEVELOPER_TOKEN_INVALID": _INSTALLATION,
    "DEVELOPER_TOKEN_NOT_APPROVED": _INSTALLATION,
    "DEVELOPER_TOKEN_NOT_ON_ALLOWLIST": _INSTALLATION,
    "DEVELOPER_TOKEN_PROHIBITED": _INSTALLATION,
    "DUPLICATE_ADJUSTMENT_IN_REQUEST": _OURS,
    "DUPLICATE_CALL_CONVERSION_IN_REQUEST": _OURS,
    "DUPLICATE_CLICK_CONVERSION_IN_REQUEST": _OURS,
    "DUPLICATE_DESTINATION_REFERENCE": _OURS,
    "DUPLICATE_ENHANCEMENT_IN_REQUEST": _OURS,
    "DUPLICATE_ORDER_ID": _OURS,
    "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION": _BUSY,
    "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION": _BUSY,
    "EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER": _WRONG_ACTION,
    "EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION": _WRONG_ACTION,
    "EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION": _OURS,
    "FIELD_VALUE_TOO_LONG": _OURS,
    "GBRAID_WBRAID_BOTH_SET": _OURS,
    "GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET": _OURS,
    "GOOGLE_ACCOUNT_AUTHENTICATION_FAILED": _SIGN_IN,
    "INVALID_CONVERSION_ACTION": _WRONG_ACTION,
    "INVALID_CUSTOMER_FOR_CALL": _WRONG_ACCOUNT,
    "INVALID_CUSTOMER_FOR_CLICK": _WRONG_ACCOUNT,
    "INVALID_DESTINATION": _OURS,
    "INVALID_ENUM_VALUE": _OURS,
    "INVALID_JOB_ID": _OURS,
    "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION": _NO_ACCESS,
    "INVALID_NUMBER_FORMAT": _OURS,
    "INVALID_USER_IDENTIFIER": _OURS,
    "METRIC_ACCESS_DENIED": _NO_ACCESS,
    "MISSING_TOS": _INSTALLATION,
    "NO_CONVERSION_ACTION_FOUND": _WRONG_ACTION,
    "OAUTH_TOKEN_DISABLED": _SIGN_IN,
    "OAUTH_TOKEN_EXPIRED": _SIGN_IN,
    "OAUTH_TOKEN_HEADER_INVALID": _SIGN_IN,
    "OAUTH_TOKEN_INVALID": _SIGN_IN,
    "OAUTH_TOKEN_REVOKED": _SIGN_IN,
    "ORDER_ID_ALREADY_IN_USE": _COUNTED,
    "ORDER_ID_CONTAINS_PII": _OURS,
    "ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION": _WRONG_ACTION,
    "ORGANIZATION_NOT_APPROVED": _INSTALLATION,
    "ORGANIZATION_NOT_RECOGNIZED": _INSTALLATION,
    "PROJECT_DISABLED": _INSTALLATION,
    "RESOURCE_TEMPORARILY_EXHAUSTED": _BUSY,
    "RESTATEMENT_ALREADY_EXISTS": _COUNTED,
    "SERVICE_ACCESS_DENIED": _NO_ACCESS,
    "TOO_MANY_ADJUSTMENTS_IN_REQUEST": _OURS,
    "TOO_MANY_CONVERSIONS_IN_REQUEST": _OURS,
    "TOO_MANY_DESTINATIONS": _OURS,
    "TOO_MANY_EVENTS": _OURS,
    "TOO_MANY_USER_IDENTIFIERS": _OURS,
    "TRANSIENT_ERROR": _BUSY,
    "UNAUTHORIZED_CUSTOMER": _WRONG_ACCOUNT,
    "UNKNOWN": _OURS,
    "UNPARSEABLE_GBRAID": _CUT_CLICK_ID,
    "UNPARSEABLE_GCLID": _CUT_CLICK_ID,
    "UNPARSEABLE_WBRAID": _CUT_CLICK_ID,
    "UNSPECIFIED": _OURS,
    "UNSUPPORTED_USER_IDENTIFIER": _OURS,
    "UNSUPPORTED_VERSION": _OURS,
    "USER_PERMISSION_DENIED": _NO_ACCESS,
    "invalid_client": _INSTALLATION,
    "invalid_grant": _SIGN_IN,
    "unauthorized_client": _INSTALLATION,
    "CONVERSION_PRECEDES_EVENT": Verdict(
        "fix", _("The sale is dated before the click."), _("Check the date of the sale.")
    ),
    "CONVERSION_PRECEDES_CALL": Verdict(
        "fix", _("The sale is dated before the call."), _("Check the date of the sale.")
    ),
    "TOO_RECENT_CONVERSION_ACTION": Verdict(
        "wait",
        _("The conversion was set up less than six hours ago; Google accepts it after that."),
        _("Leader tries again by itself."),
    ),
    "CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME": Verdict(
        "final", _("Conversion tracking was off when the ad was clicked."), _("Later clicks can be reported.")
    ),
    "CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME": Verdict(
        "final", _("Conversion tracking was off when the call came."), _("Later calls can be reported.")
    ),
    "TOO_RECENT_CALL": Verdict(
        "wait", _("The call is so recent that Google is still working on it."), _("Leader tries again by itself.")
    ),
    "EXPIRED_CALL": Verdict(
        "final", _("The call is older than Google accepts for this conversion."), _("Next time move the lead sooner.")
    ),
    "CALL_NOT_FOUND": Verdict(
        "neutral",
        _("Google knows of no call from an ad with this number and time."),
        _("Check the number and the time of the call."),
    ),
    "UNPARSEABLE_CALLERS_PHONE_NUMBER": Verdict(
        "fix", _("Google could not read the phone number."), _("Correct it, with the country code first.")
    ),
    "CUSTOM_VARIABLE_NOT_ENABLED": Verdict(
        "fix", _("A custom variable is switched off in Google Ads."), _("Switch it on in Google Ads under Goals.")
    ),
    "CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY": Verdict(
        "final", _("The person's iPhone does not allow tracking. That is respected."), _NOTHING_TO_DO
    ),
    "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS": Verdict(
        "final",
        _("Google does not allow contact data for this ad account."),
        _("Only leads with a click id can be reported."),
    ),
    "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCEMENT": Verdict(
        "final",
        _("Google does not allow contact data for this ad account."),
        _("Only leads with a click id can be reported."),
    ),
    "CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS": Verdict(
        "fix",
        _("The ad account does not accept contact data yet."),
        _("In Google Ads open Goals, then Settings, and switch on enhanced conversions for leads."),
    ),
    "CONVERSION_ALREADY_RETRACTED": Verdict(
        "neutral", _("Google has taken this conversion back already."), _NOTHING_TO_DO
    ),
    "CONVERSION_NOT_FOUND": Verdict(
        "wait", _("Google does not know the conversion that this changes yet."), _("Leader tries again by itself.")
    ),
    "CONVERSION_EXPIRED": Verdict(
        "final", _("The conversion is older than 54 days; Google changes it no more."), _NOTHING_TO_DO
    ),
    "MORE_RECENT_RESTATEMENT_FOUND": Verdict("neutral", _("Google knows a newer value already."), _NOTHING_TO_DO),
    "TOO_RECENT_CONVERSION": Verdict(
        "wait", _("Google changes a conversion a day after it was reported."), _("Leader tries again by itself.")
    ),
    "CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE": Verdict(
        "fix",
        _("This conversion always has the same value at Google."),
        _("In Google Ads let the conversion use different values."),
    ),
    "TOO_MANY_ADJUSTMENTS": Verdict(
        "final", _("This conversion was changed too often for Google."), _("Leave its value as it is.")
    ),
    "MISSING_ORDER_ID_FOR_WEBPAGE": Verdict(
        "fix",
        _("Conversions of a website need a transaction id from its tag."),
        _("Choose another conversion under Conversions."),
    ),
    "NOT_ADS_USER": Verdict(
        "fix", _("This Google login has no Google Ads account."), _("Connect the login that you use for Google Ads.")
    ),
    "GOOGLE_ACCOUNT_DELETED": Verdict(
        "fix", _("The Google account that connected Leader is gone."), _("Connect Google Ads with another login.")
    ),
    "TWO_STEP_VERIFICATION_NOT_ENROLLED": Verdict(
        "fix", _("Google asks for 2-Step Verification of the connected login."), _("Switch it on, then connect again.")
    ),
    "ADVANCED_PROTECTION_NOT_ENROLLED": Verdict(
        "fix", _("Google asks for Advanced Protection of the connected login."), _("Switch it on, then connect again.")
    ),
    "CUSTOMER_NOT_ENABLED": Verdict(
        "fix",
        _("The ad account is cancelled, or its set-up is not finished."),
        _("Finish set-up and billing in Google Ads."),
    ),
    "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT": Verdict(
        "fix", _("Google has suspended the ad account."), _("Follow Google's notice in Google Ads.")
    ),
    "INCOMPLETE_SIGNUP": Verdict("fix", _("Signing up for Google Ads is not finished."), _("Finish it in Google Ads.")),
    "ACCESS_PROHIBITED": Verdict(
        "final", _("Google has blocked this installation of Leader."), _("Whoever runs it must ask Google.")
    ),
    "REQUEST_SPLIT": Verdict(
        "wait",
        _("It went to Google together with others, and Google did not say which of them it refused."),
        _("Leader sends the same again in a smaller group; Google counts it once."),
    ),
    "SOURCE_NOT_CHOSEN": Verdict("neutral", _("The rule is for leads from other sources."), _NOTHING_TO_DO),
    "PAUSED": Verdict("fix", _("Sending is paused."), _("Resume it under Conversions.")),
    "CANCELLED": Verdict("final", _("Someone in your company cancelled it before it was sent."), _NOTHING_TO_DO),
    "SUPERSEDED": Verdict("neutral", _("A newer version was sent in its place."), _NOTHING_TO_DO),
    "STAGE_REOPENED": Verdict("neutral", _("The lead went back, so there was nothing to report."), _NOTHING_TO_DO),
    "UPLOADED_AS_FILE": Verdict(
        "neutral",
        _("Somebody in your company uploaded this to Google as a file. Google tells the outcome on its own page only."),
        _("Look under Goals, Conversions, Uploads in Google Ads."),
    ),
    "CONSENT_WITHDRAWN": Verdict(
        "final",
        _("The person withdrew consent. Nothing more is sent; what Google has cannot be called back by Leader."),
        _("A file takes it back: see Conversions, Files for Google."),
    ),
    "RESTRICTED": Verdict(
        "neutral",
        _("This lead is frozen at the person's wish. Frozen leads are never reported."),
        _NOTHING_TO_DO,
    ),
    "AWS_AUTH_FAILED": _OURS,
    "DECRYPTION_ERROR": _OURS,
    "DEK_DECRYPTION_ERROR": _OURS,
    "EVENT_ID_DECODE_ERROR": _OURS,
    "INVALID_CUSTOM_VARIABLE": _OURS,
    "INVALID_KEK": _OURS,
    "INVALID_MERCHANT_ID": _OURS,
    "INVALID_MOBILE_ID_FORMAT": _OURS,
    "INVALID_WIP": _OURS,
    "KEK_PERMISSION_DENIED": _OURS,
    "USER_IDENTIFIER_DECRYPTION_ERROR": _OURS,
    "WIP_AUTH_FAILED": _OURS,
    "MATCH_ID_NOT_FOUND": _NO_CLICK,
    "USER_ID_NOT_FOUND_FOR_DCLID": _NO_CLICK,
    "USER_ID_NOT_FOUND_FOR_IMPRESSION_ID": _NO_CLICK,
    "USER_ID_NOT_FOUND_FOR_MATCH_ID": _NO_CLICK,
    "INSUFFICIENT_MATCHED_TRANSACTIONS": Verdict(
        "neutral", _("There were too few conversions for Google to match any."), _NOTHING_TO_DO
    ),
    "INSUFFICIENT_TRANSACTIONS": Verdict(
        "neutral", _("There were too few conversions for Google to match any."), _NOTHING_TO_DO
    ),
    "ORIGINAL_CONVERSIONS_NOT_FOUND": Verdict(
        "wait", _("Google does not know the conversion that this changes yet."), _("Leader tries again by itself.")
    ),
}
