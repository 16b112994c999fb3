"""Google's OAuth errors in words, and whether trying again helps."""

from google.auth.exceptions import RefreshError

from app.core.errors import LeaderError, PermanentError, RetryableError

START_AGAIN = "Nothing was saved. Please start again."
NO_ANSWER = "Google did not answer."


class ConsentEndedError(PermanentError):
    """The permission is gone at Google: only its owner can give it again."""


def explain(code: str) -> LeaderError:
    if code == "access_denied":
        return PermanentError("You cancelled at Google. Nothing was connected.", reason=code)
    if code in ("invalid_grant", "mismatching_state", "missing_code"):
        return PermanentError(f"This way back from Google is no longer valid. {START_AGAIN}", reason=code)
    if code in ("invalid_client", "unauthorized_client", "redirect_uri_mismatch", "org_internal"):
        return PermanentError(
            "Google does not recognise this installation of Leader. Whoever runs it must check its "
            "registration at Google. Nothing was saved.",
            reason=code,
        )
    return RetryableError(f"Google could not finish this. {START_AGAIN}", reason=code or "unknown")


def explain_refresh(error: RefreshError) -> LeaderError:
    """The code stands in the answer's body, which google-auth hands over as the second argument."""
    body = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code = str(body.get("error", "no_answer"))
    if code == "invalid_grant":
        return ConsentEndedError("Google no longer accepts the permission that was given.", reason=code)
    # A wrong registration is the operator's to mend; what waits for it must not be given up.
    return RetryableError("Google did not give a fresh access.", reason=code)
