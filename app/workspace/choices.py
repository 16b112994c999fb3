"""What the table can be narrowed to: the choices of the form."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.attribution.channels import CHANNELS
from app.core.words import gettext as _
from app.core.words import known
from app.fields import shaping
from app.follow_up import queries
from app.leads import filters, stages
from app.leads.chips import conversion_words

Choice = tuple[str, str]


class Choices(NamedTuple):
    """(value in an address, words) for each select."""

    stages: Sequence[Choice]
    owners: Sequence[Choice]
    tags: Sequence[Choice]
    channels: Sequence[Choice]
    conversions: Sequence[Choice]
    fields: Sequence[Choice]
    sorts: Sequence[Choice]


def choices(session: Session) -> Choices:
    """Those of the served company."""
    members = [(str(member.user_id), member.name) for member in queries.members(session)]
    names = [stage.name for stage in stages.in_order(session)]
    return Choices(
        stages=[*((name, name) for name in names), (filters.SPAM, _("Taken for spam"))],
        owners=[(filters.ME, _("Me")), (filters.NOBODY, _("Nobody answers yet")), *members],
        tags=[(tag.name, tag.name) for tag in queries.all_tags(session)],
        channels=sorted(((name, known(name)) for name in CHANNELS), key=lambda choice: choice[1]),
        conversions=list(conversion_words().items()),
        fields=[(str(field.id), field.name) for field in shaping.active(session)],
        sorts=_sorts(),
    )


def _sorts() -> list[Choice]:
    return [
        ("arrival", _("Oldest first")),
        ("name", _("Name")),
        ("stage", _("Stage")),
        ("owner", _("Owner")),
        ("-value", _("Highest value first")),
        ("-activity", _("Last changed first")),
        ("activity", _("Longest untouched first")),
    ]
