"""What the table can be narrowed to: the choices of the form."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.attribution.channels import CHANNELS
from app.core.words import gettext as _
from app.core.words import known
from app.follow_up import queries
from app.leads import filters, stages

Choice = tuple[str, str]


class Choices(NamedTuple):
    """(value in an address, words) for each select."""

    stages: Sequence[Choice]
    owners: Sequence[Choice]
    tags: Sequence[Choice]
    channels: Sequence[Choice]


def choices(session: Session) -> Choices:
    """Those of the served company."""
    members = [(str(member.user_id), member.name) for member in queries.members(session)]
    names = [stage.name for stage in stages.in_order(session)]
    return Choices(
        stages=[*((name, name) for name in names), (filters.SPAM, _("Taken for spam"))],
        owners=[(filters.ME, _("Me")), (filters.NOBODY, _("Nobody answers yet")), *members],
        tags=[(tag.name, tag.name) for tag in queries.all_tags(session)],
        channels=sorted(((name, known(name)) for name in CHANNELS), key=lambda choice: choice[1]),
    )
