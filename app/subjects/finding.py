"""Finding a person among the leads: by e-mail address, by phone number in any spelling, or by an ad's click id."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from app.attribution.models import Touchpoint
from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.leads import contact
from app.leads.models import Lead

MOST = 50
"""More leads than this are nobody's own."""
_LONGEST = 300
_SHORTEST_CLICK_ID = 8


def find(session: Session, term: str, *, region: str) -> Sequence[Lead]:
    """The leads of the person whom the term names exactly, the newest first. `region`: the country by which a phone
    number is read. Raises InvalidInputError for a term that is no identifier."""
    term = contact.one_line(term[:_LONGEST])
    if contact.is_email(term):
        condition: ColumnElement[bool] = func.lower(Lead.email) == term.lower()
    elif number := contact.e164(term, region):
        condition = Lead.phone_e164 == number
    elif len(term) >= _SHORTEST_CLICK_ID and " " not in term:
        condition = Lead.id.in_(_with_click_id(term))
    else:
        raise InvalidInputError(_("Enter a whole e-mail address, phone number or click id."))
    return session.scalars(select(Lead).where(condition).order_by(Lead.id.desc()).limit(MOST)).all()


def same_person(session: Session, lead: Lead) -> Sequence[Lead]:
    """The lead and every other with the same e-mail address or phone number, the newest first."""
    ways = [Lead.id == lead.id]
    if lead.email:
        ways.append(func.lower(Lead.email) == lead.email.lower())
    if lead.phone_e164:
        ways.append(Lead.phone_e164 == lead.phone_e164)
    return session.scalars(select(Lead).where(or_(*ways)).order_by(Lead.id.desc()).limit(MOST)).all()


def _with_click_id(value: str) -> Select[Any]:
    has_it = func.jsonb_path_exists(
        Touchpoint.click_ids, cast("$.* ? (@ == $v)", JSONPATH), func.jsonb_build_object("v", value)
    )
    return select(Touchpoint.lead_id).where(has_it).limit(MOST)
