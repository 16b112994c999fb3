"""Google's reasons in plain words: what each means, and what the business can do."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["wait", "fix", "neutral", "final", "ours"]
"""wait: try again later by itself; fix: the business can change something; neutral: normal, nothing to do;
final: too late or refused for good; ours: a fault of Leader's or of its set-up."""


@dataclass(frozen=True)
class Verdict:
    kind: Kind
    sentence: str
    advice: str = ""


_NOTHING_TO_DO = "There is nothing to do."
_OTHER_ACTION = "Choose another conversion under Conversions."
_REPORTED = "This is for us to mend; the entry below helps our support."

_CUT_CLICK_ID = Verdict(
    "fix",
    "The click id is damaged: it was cut or changed on its way to your website.",
    "Check that no redirect, form or plug-in shortens or lower-cases your landing pages' addresses.",
)
_TOO_RECENT = Verdict(
    "wait", "The click is so recent that Google is still working on it.", "Leader tries again by itself."
)
_TOO_OLD = Verdict(
    "final",
    "The click is older than Google accepts for this conversion.",
    "Next time move the lead sooner, or lengthen the conversion's click window in Google Ads.",
)
_NO_CLICK = Verdict("neutral", "Not from a Google ad: Google found no ad click by this person.", _NOTHING_TO_DO)
_COUNTED = Verdict("neutral", "Google has counted this conversion already.", _NOTHING_TO_DO)
_WRONG_ACCOUNT = Verdict(
    "fix",
    "The click belongs to another Google Ads account.",
    "Connect the account that paid for the ad, and choose its conversion under Conversions.",
)
_TERMS = Verdict(
    "fix",
    "Google's customer data terms have not been accepted for this ad account.",
    "In Google Ads open Goals, then Settings, and accept the customer data terms.",
)
_BUSY = Verdict("wait", "Google is busy or out of order.", "Leader tries again by itself.")
_OURS = Verdict("ours", "Google could not read what Leader sent.", _REPORTED)
_WRONG_ACTION = Verdict("fix", "Google does not accept uploads for this conversion.", _OTHER_ACTION)
_NO_ACCESS = Verdict(
    "fix",
    "Google no longer lets Leader use this ad account.",
    "Connect Google Ads again with a login that may manage the account. Nothing is lost until then.",
)

VERDICTS: dict[str, Verdict] = {
    "CLICK_NOT_FOUND": _NO_CLICK,
    "INVALID_CLICK": _NO_CLICK,
    "EVENT_NOT_FOUND": _NO_CLICK,
    "USER_ID_NOT_FOUND_FOR_GCLID": _NO_CLICK,
    "USER_ID_NOT_FOUND": _NO_CLICK,
    "EXTERNAL_ATTRIBUTION_DATA_MISSING": Verdict(
        "fix", "This conversion belongs to an outside attribution tool and takes no plain uploads.", _OTHER_ACTION
    ),
    "TOO_RECENT_CLICK": _TOO_RECENT,
    "TOO_RECENT_EVENT": _TOO_RECENT,
    "CONVERSION_ACTION_TOO_RECENTLY_CREATED": Verdict(
        "wait", "The conversion was set up less than six hours ago; Google accepts it after that.", "Leader tries again by itself."
    ),
    "EVENT_TOO_OLD": _TOO_OLD,
    "EXPIRED_EVENT": _TOO_OLD,
    "EVENT_TIME_INVALID": Verdict("fix", "Google does not accept the time of this conversion.", "Check the date of the sale."),
    "CONVERSION_PRECEDES_CLICK": Verdict("fix", "The sale is dated before the click.", "Check the date of the sale."),
    "INVALID_GCLID": _CUT_CLICK_ID,
    "INVALID_GBRAID": _CUT_CLICK_ID,
    "INVALID_WBRAID": _CUT_CLICK_ID,
    "INVALID_AD_IDENTIFIERS": _CUT_CLICK_ID,
    "DUPLICATE_GCLID": _COUNTED,
    "DUPLICATE_TRANSACTION_ID": _COUNTED,
    "DENIED_CONSENT": Verdict("final", "The visitor said no to use for advertising. That is respected.", _NOTHING_TO_DO),
    "NO_CONSENT": Verdict(
        "fix",
        "Google was not told that the visitor agreed.",
        "Connect your website's cookie banner to Leader's tag, so that the choice comes with each lead.",
    ),
    "UNKNOWN_CONSENT": Verdict(
        "fix",
        "It is not known whether the visitor agreed to use for advertising, so nothing was sent.",
        "Connect your website's cookie banner to Leader's tag, so that the choice comes with each lead.",
    ),
    "INVALID_OPERATING_ACCOUNT_FOR_CLICK": _WRONG_ACCOUNT,
    "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER": _WRONG_ACCOUNT,
    "INVALID_AD_IDENTIFIER_FOR_ACCOUNT": _WRONG_ACCOUNT,
    "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED": _TERMS,
    "TERMS_AND_CONDITIONS_NOT_SIGNED": _TERMS,
    "DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS": Verdict(
        "fix",
        "The ad account does not accept contact data yet.",
        "In Google Ads open Goals, then Settings, and switch on enhanced conversions for leads.",
    ),
    "DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS": Verdict(
        "final", "Google does not allow contact data for this ad account.", "Only leads with a click id can be reported."
    ),
    "INVALID_CONVERSION_ACTION_ID": Verdict("fix", "This conversion no longer exists in Google Ads.", _OTHER_ACTION),
    "INVALID_CONVERSION_ACTION_TYPE": _WRONG_ACTION,
    "DESTINATION_ACCOUNT_TYPE_MISMATCH": _WRONG_ACTION,
    "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID": Verdict(
        "fix",
        "Clicks from iPhones need a conversion that counts every time.",
        "In Google Ads set the conversion's count to Every, or choose another one.",
    ),
    "OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH": _NO_ACCESS,
    "PERMISSION_DENIED": _NO_ACCESS,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": _NO_ACCESS,
    "NOT_FOUND": _NO_ACCESS,
    "NEEDS_RECONNECT": Verdict(
        "fix", "Your Google sign-in no longer works.", "Connect Google Ads again; everything that waits is sent then."
    ),
    "seal_broken": Verdict(
        "fix", "The stored Google sign-in could not be read.", "Delete the connection and connect Google Ads again."
    ),
    "INVALID_REQUEST_ID": Verdict(
        "wait", "Google does not know this sending any more.", "Leader sends the same again; Google counts it once."
    ),
    "REQUEST_TOO_OLD": Verdict(
        "wait", "Google no longer keeps the answer to this sending.", "Leader sends the same again; Google counts it once."
    ),
    "NO_IDENTIFIERS": Verdict(
        "neutral", "Nothing to report: this lead has no ad click, e-mail or phone that Google could match.", _NOTHING_TO_DO
    ),
    "NO_IDENTIFIERS_PROVIDED": Verdict("neutral", "There was nothing by which Google could match this lead.", _NOTHING_TO_DO),
    "TEST_LEAD": Verdict("neutral", "This is a test or sample lead. Those are never reported.", _NOTHING_TO_DO),
    "SPAM_LEAD": Verdict("neutral", "This lead is marked as spam. Spam is never reported.", _NOTHING_TO_DO),
    "RESTRICTED": Verdict("neutral", "This lead is frozen at the person's wish. Frozen leads are never reported.", _NOTHING_TO_DO),
    "CONNECTION_DELETED": Verdict(
        "final", "The connection to Google Ads was deleted before this was sent.", "Connect again to report future sales."
    ),
    "VERDICT_NOT_ASKED": Verdict(
        "final", "This was sent, or may have been, and the connection was deleted before Google's answer could be read.", _NOTHING_TO_DO
    ),
    "TRIED_TOO_OFTEN": Verdict("ours", "Google could not be reached in many tries.", "Use Send again when Google works."),
    "NO_VERDICT": Verdict("ours", "Google took this but never said what became of it.", "Look for it in Google Ads."),
    "LEAD_GONE": Verdict("final", "The lead is no longer there.", _NOTHING_TO_DO),
    "ACTION_REMOVED": Verdict("final", "The conversion that this belongs to was removed.", _OTHER_ACTION),
    "RESOURCE_EXHAUSTED": _BUSY,
    "DEADLINE_EXCEEDED": _BUSY,
    "INTERNAL_ERROR": _BUSY,
    "UNAVAILABLE": _BUSY,
    "NO_CONNECTION": Verdict("wait", "Google could not be reached.", "Leader tries again by itself."),
    "UNREADABLE_ANSWER": Verdict(
        "wait", "Google's answer was cut off, so it is not known whether it arrived.",
        "Leader sends the same again; Google counts it once.",
    ),
    "UNAUTHENTICATED": Verdict("wait", "Google asked for a fresh sign-in.", "Leader renews it by itself."),
    "INVALID_FORMAT": _OURS,
    "INVALID_EVENT": _OURS,
    "INVALID_ARGUMENT": _OURS,
    "REQUIRED_FIELD_MISSING": _OURS,
    "INVALID_HEX_ENCODING": _OURS,
    "INVALID_CURRENCY_CODE": _OURS,
    "NOT_ALLOWLISTED": Verdict("ours", "Google has not opened this feature for the account.", _REPORTED),
}  # fmt: skip


def explain(reason: str) -> Verdict:
    """The words for a reason. One that is not known here is shown as it is, and said to be new."""
    known = VERDICTS.get(reason)
    return known or Verdict("ours", f"Google gave a reason that is new to Leader: {reason}.", _REPORTED)
