"""The form of a task."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TimeField
from wtforms.validators import DataRequired, Length, Optional

from app.core.words import lazy_gettext as _
from app.follow_up.tasks import MAX_TITLE

_MORNING = time(9)


class TaskForm(FlaskForm):
    """What, when, who. Days and times are those of the company's zone; without a time it is due in the morning."""

    title = StringField(_("What is to be done?"), [DataRequired(_("Say what is to be done.")), Length(max=MAX_TITLE)])
    due_on = DateField(_("Day"), [DataRequired(_("Choose a day."))])
    due_time = TimeField(_("Time"), [Optional()], default=_MORNING)
    assignee = StringField(_("Who"))

    def due_at(self, zone: str) -> datetime:
        return datetime.combine(self.due_on.data, self.due_time.data or _MORNING, ZoneInfo(zone))


def chosen_id(text: str) -> UUID | None:
    """The id that a select sent; none for the empty choice. Raises ValueError for anything else."""
    return UUID(text) if text else None
