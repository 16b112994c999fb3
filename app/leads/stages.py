"""The stages of a company: five to begin with, in the order in which a lead passes them."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.errors import NotFoundError
from app.core.events import Event
from app.core.words import gettext as _
from app.core.words import lazy_gettext
from app.leads import gates
from app.leads.gates import StageRow
from app.leads.models import Stage

DEFAULTS = (
    (lazy_gettext("New"), "new"),
    (lazy_gettext("Contacted"), "open"),
    (lazy_gettext("Qualified"), "open"),
    (lazy_gettext("Won"), "won"),
    (lazy_gettext("Lost"), "lost"),
)
"""Named in the founder's language; from then on the names are the company's own."""


def set_up(session: Session, _event: Event) -> None:
    """Give a newly founded company its stages. Reacts to company.founded."""
    session.add_all(
        Stage(name=str(name), kind=kind, position=position) for position, (name, kind) in enumerate(DEFAULTS, 1)
    )
    session.flush()


def in_order(session: Session) -> list[StageRow]:
    """The company's stages, the first one first."""
    return gates.stages(session)


def chosen(stages: Sequence[StageRow], text: str) -> StageRow:
    """The stage that an address or a form names, by its name or its id. Raises NotFoundError for any other
    text."""
    for stage in stages:
        if text in (stage.name, str(stage.id)):
            return stage
    raise NotFoundError(_("There is no such stage any more. Reload the page to see the stages as they are now."))
