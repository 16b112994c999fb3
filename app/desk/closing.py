"""Closing an account for its owner, who asked support: one of the staff asks for it, another confirms.

1. The owner must have asked, in a request to support under an address that they have confirmed; the gate looks itself.
2. Whoever asked for it cannot confirm it; the table refuses that too.
3. What nobody confirmed within a week has lapsed.
4. What follows is what the owner's own button does: thirty days to come back, a mail to each owner, a certificate.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.models import Company
from app.core import tenancy, words
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Actor
from app.core.ids import new_id
from app.core.words import gettext as _
from app.desk import gates
from app.journal import writing
from app.privacy import closing


def ask(session: Session, token_hash: bytes, company_id: uuid.UUID, *, reference: str, reason: str) -> None:
    """Ask that the account be closed. Raises InvalidInputError."""
    answer = gates.ask_closing(
        session, token_hash, closing_id=new_id(), company_id=company_id, reference=reference, reason=reason
    )
    refusals = {
        "closed": _("This account is closed already."),
        "asked_before": _("Somebody asked for this already. It waits for a second person."),
        "not_verified": _("No owner of this account made this request under an address that they have confirmed."),
    }
    if answer in refusals:
        raise InvalidInputError(refusals[answer], fields={"reference": refusals[answer]}, reason=answer)


def confirm(session: Session, token_hash: bytes, closing_id: uuid.UUID) -> None:
    """The second person says yes, and the account is closed. Raises NotFoundError, and RetryableError while something
    is being sent."""
    company_id = _settle(session, token_hash, closing_id, "confirmed")
    tenancy.serve(session, company_id)
    writing.came_from("", "")  # the customer's log names who did it, and not where our people work
    with words.in_language(session.scalars(select(Company.language)).one()):
        closing.close(session, actor=Actor(name=_("Leader support")))


def withdraw(session: Session, token_hash: bytes, closing_id: uuid.UUID) -> None:
    """Anybody of the staff takes it back. Raises NotFoundError."""
    _settle(session, token_hash, closing_id, "withdrawn")


def _settle(session: Session, token_hash: bytes, closing_id: uuid.UUID, outcome: str) -> uuid.UUID:
    company_id = gates.settle_closing(session, token_hash, closing_id, outcome)
    if company_id is None:
        raise NotFoundError(_("This was settled already, or it was you who asked: then another person confirms."))
    return company_id
