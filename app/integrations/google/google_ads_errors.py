"""The Google Ads API's errors in words, and whether trying again helps. Does not load the package."""

from typing import Any

from app.core.errors import LeaderError, PermanentError, RetryableError
from app.core.words import gettext as _
from app.core.words import lazy_gettext
from app.integrations.google.oauth_errors import ConsentEndedError

CLOSED = frozenset({"CUSTOMER_NOT_ENABLED", "CUSTOMER_NOT_FOUND", "USER_PERMISSION_DENIED"})
"""One closed account among many must not hide the others."""

_NOT_APPROVED = lazy_gettext("Google has not approved this installation of Leader for real ad accounts yet.")
_SENTENCES = {
    "NOT_ADS_USER": lazy_gettext("This Google login has no Google Ads account. Connect the one that you use there."),
    "CUSTOMER_NOT_ENABLED": lazy_gettext("This ad account is cancelled, or its set-up at Google Ads is not finished."),
    "USER_PERMISSION_DENIED": lazy_gettext("This Google login may not open that ad account."),
    "ACTION_NOT_PERMITTED": lazy_gettext(
        "This Google login may only look at that ad account. It needs Standard access."
    ),
    "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT": lazy_gettext("Google has suspended this ad account."),
    "TWO_STEP_VERIFICATION_NOT_ENROLLED": lazy_gettext(
        "Switch on 2-Step Verification for this login, then connect again."
    ),
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": _NOT_APPROVED,
    "PROJECT_DISABLED": _NOT_APPROVED,
}
NEEDS_FRESH_SIGN_IN = frozenset(
    {
        "OAUTH_TOKEN_INVALID", "OAUTH_TOKEN_EXPIRED", "OAUTH_TOKEN_REVOKED", "OAUTH_TOKEN_DISABLED",
        "OAUTH_TOKEN_HEADER_INVALID", "AUTHENTICATION_ERROR", "GOOGLE_ACCOUNT_AUTHENTICATION_FAILED",
    }
)  # fmt: skip
_PASSING = frozenset({"quota_error", "internal_error"})


class TokenRefusedError(RetryableError):
    """Google no longer takes this access token: a fresh one may help, or may turn out not to be had."""


def explain(error: Exception) -> LeaderError:
    """Google's error as one that knows whether trying again helps. Any other error is raised as it is."""
    failure = getattr(error, "failure", None)
    if failure is not None and failure.errors:
        return _explain_failure(failure.errors[0].error_code)
    code = getattr(error, "grpc_status_code", None)
    if code is None:
        raise error
    if "invalid_grant" in str(error):
        return ConsentEndedError(_("Google no longer accepts the permission that was given."), reason="invalid_grant")
    if code.name == "UNAUTHENTICATED":
        return TokenRefusedError(_("Google no longer accepts this sign-in."), reason=code.name)
    if code.name == "PERMISSION_DENIED":
        return ConsentEndedError(_("The permission to see Google Ads accounts is missing."), reason=code.name)
    if code.name in ("INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED", "FAILED_PRECONDITION"):
        return PermanentError(_("Google did not understand Leader's question."), reason=code.name)
    return RetryableError(_("Google Ads did not answer. Try again in a minute."), reason=code.name)


def _explain_failure(wrapped: Any) -> LeaderError:
    """Failures come in proto-plus wrappers, whatever the client was told about messages."""
    error_code = type(wrapped).pb(wrapped)
    family = error_code.WhichOneof("error_code") or ""
    name = enum_name(error_code, family) if family else "UNKNOWN"
    if name in NEEDS_FRESH_SIGN_IN:
        return TokenRefusedError(_("Google no longer accepts this sign-in."), reason=name)
    if family in _PASSING:
        return RetryableError(_("Google Ads is busy. Try again later."), reason=name)
    return refusal(name)


def refusal(name: str) -> PermanentError:
    """The error of this name at Google, one that only people can mend."""
    return PermanentError(_SENTENCES.get(name, _("Google Ads refused this (%(name)s).", name=name)), reason=name)


def enum_name(message: Any, field: str) -> str:
    """The name of an enum's value, or its number when it is newer than the package."""
    enum, number = message.DESCRIPTOR.fields_by_name[field].enum_type, getattr(message, field)
    value = enum.values_by_number.get(number)
    return str(value.name if value else number)
