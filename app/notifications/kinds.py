"""One table: what people are told of, from which event, and whom it concerns.

To tell of one more thing, add a line here, a sentence in `sentences.py`, the texts `templates/email/<template>.*`, and
`telling.tell_for_event` at the event in `app/reactions.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import LazyString

from app.core.events import Event
from app.core.words import lazy_gettext as _
from app.notifications.queries import Person

Concerns = Callable[[Event, Person], bool]


@dataclass(frozen=True)
class Kind:
    key: str
    event: str
    label: LazyString
    concerns: Concerns
    """Whether the event is this person's business."""
    template: str


def _team(_event: Event, person: Person) -> bool:
    return person.role != "viewer"


def _managers(_event: Event, person: Person) -> bool:
    return person.role in ("owner", "admin")


def _named(event: Event, person: Person) -> bool:
    """The one who got the lead, unless they took it themselves."""
    return event.data.get("user_id") == str(person.user_id) and event.actor_id != person.user_id


def _mentioned(event: Event, person: Person) -> bool:
    return str(person.user_id) in event.data.get("user_ids", ()) and event.actor_id != person.user_id


def _assignee(event: Event, person: Person) -> bool:
    """Who has the task; the whole team while nobody has it."""
    assignee = event.data.get("assignee_id")
    return assignee == str(person.user_id) if assignee else _team(event, person)


KINDS = (
    Kind("new_lead", "lead.arrived", _("A new lead arrives"), _team, "lead_arrived"),
    Kind("assigned", "lead.assigned", _("A lead is given to me"), _named, "lead_assigned"),
    Kind("mention", "lead.mentioned", _("Somebody mentions me in a note"), _mentioned, "lead_mentioned"),
    Kind("missed_call", "lead.call_missed", _("A call is missed"), _team, "call_missed"),
    Kind("task_due", "lead.task_due", _("A task of mine is due"), _assignee, "task_due"),
    Kind("connection", "connection.broken", _("A connection is broken"), _managers, "connection_broken"),
)
BY_EVENT = {kind.event: kind for kind in KINDS}
BY_KEY = {kind.key: kind for kind in KINDS}
DIGESTS = {"none": _("No digest"), "daily": _("Every morning"), "weekly": _("On Monday mornings")}
