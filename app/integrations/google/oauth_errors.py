"""Google's OAuth errors in words, and whether trying again helps."""

from google.auth.exceptions import RefreshError

from app.core.errors import LeaderError, PermanentError, RetryableError
from app.core.words import gettext as _
from app.core.words import lazy_gettext

NO_ANSWER = lazy_gettext("Google did not answer.")
NO_ANSWER_START_AGAIN = lazy_gettext("Google did not answer. Nothing was saved. Please start again.")


class ConsentEndedError(PermanentError):
    """The permission is gone at Google: only its owner can give it again."""


def explain(code: str) -> LeaderError:
    if code == "access_denied":
        return PermanentError(_("You cancelled at Google. Nothing was connected."), reason=code)
    if code in ("invalid_grant", "mismatching_state", "missing_code"):
        return PermanentError(
            _("This way back from Google is no longer valid. Nothing was saved. Please start again."), reason=code
        )
    if code in ("invalid_client", "unauthorized_client", "redirect_uri_mismatch", "org_internal"):
        return PermanentError(
            _(
                "Google does not recognise this installation of Leader. Whoever runs it must check its "
                "registration at Google. Nothing was saved."
            ),
            reason=code,
        )
    return RetryableError(
        _("Google could not finish this. Nothing was saved. Please start again."), reason=code or "unknown"
    )


def explain_refresh(error: RefreshError) -> LeaderError:
    """The code stands in the answer's body, which google-auth hands over as the second argument."""
    body = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code = str(body.get("error", "no_answer"))
    if code == "invalid_grant":
        return ConsentEndedError(_("Google no longer accepts the permission that was given."), reason=code)
    # A wrong registration is the operator's to mend; what waits for it must not be given up.
    return RetryableError(_("Google did not give a fresh access."), reason=code)
