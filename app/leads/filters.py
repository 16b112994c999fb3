"""Which leads the table is asked for: a stage, a search term, or spam."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from app.leads import contact, stages
from app.leads.gates import StageRow

SPAM = "spam"
"""Stands in the place of a stage: leads that were taken for spam are in the table only when they are asked
for."""

_LONGEST_TERM = 100


@dataclass(frozen=True)
class Filters:
    """Without any: all leads but spam."""

    stage_id: uuid.UUID | None = None
    term: str = ""
    is_spam: bool = False

    def __bool__(self) -> bool:
        return self != Filters()


def parse(known: Sequence[StageRow], *, stage: str, term: str) -> Filters:
    """The filters that an address names. Raises NotFoundError when there is no such stage; a term is cut
    rather than refused, because people paste into search fields."""
    term = contact.one_line(term[: 4 * _LONGEST_TERM])[:_LONGEST_TERM].strip()
    if stage == SPAM:
        return Filters(term=term, is_spam=True)
    return Filters(stage_id=stages.chosen(known, stage).id if stage else None, term=term)
