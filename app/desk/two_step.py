"""Turning two-step sign-in off for somebody who has lost their app and their recovery codes.

The person must have asked, in a request to support under an address that they have confirmed, a day ago or longer: so
long whoever reads that address has known of it. The gate looks itself. The person is told by mail, and signed out.
"""

import uuid

from sqlalchemy.orm import Session

from app.auth import sessions
from app.auth.models import User
from app.companies.models import Company
from app.core import tenancy, words
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.desk import gates
from app.mailing import outbox


def end(session: Session, token_hash: bytes, company_id: uuid.UUID, reference: str) -> None:
    """Raises InvalidInputError."""
    outcome, user_id = gates.end_two_step(session, token_hash, company_id, reference)
    refusals = {
        "not_verified": _("Nobody of this account made this request under an address that they have confirmed."),
        "too_early": _("Wait until the request is a day old: so long the person has had the mail about it."),
        "off": _("This person has no two-step sign-in."),
    }
    if user_id is None:
        sentence = refusals[outcome]
        raise InvalidInputError(sentence, fields={"reference": sentence}, reason=outcome)
    tenancy.serve(session, company_id)
    user = session.get_one(User, user_id)
    sessions.end_all(session, user_id)
    language = user.language or session.get_one(Company, company_id).language
    with words.in_language(language):
        by = _("Leader support")
    values = {"name": user.name, "by": by, "path": "/settings/two-step"}
    outbox.post(session, "account_two_step_off", to=user.email, language=language, **values)
