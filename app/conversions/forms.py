"""The form that adds a mapping."""

import uuid
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.conversions.queries import ActionChoice
from app.leads.stages import StageRow


class MappingForm(FlaskForm):
    stage_id = SelectField(
        "When a lead becomes", coerce=uuid.UUID, validators=[InputRequired("Choose a stage.")]
    )
    action_id = SelectField(
        "tell Google Ads", coerce=uuid.UUID, validators=[InputRequired("Choose a conversion.")]
    )
    value_rule = RadioField(
        "Which value?",
        choices=[
            ("fixed", "Always this value"),
            ("lead", "The lead's own value, or this one while it has none"),
        ],
        default="fixed",
    )
    value = StringField("Value", validators=[InputRequired("Enter a value; 0 is allowed."), Length(max=20)])

    def offer(self, stages: Sequence[StageRow], actions: Sequence[ActionChoice]) -> None:
        """Fill the two lists with what the company has."""
        self.stage_id.choices = [(stage.id, stage.name) for stage in stages]
        self.action_id.choices = [
            (action.id, f"{action.name} ({action.account}, {action.currency})") for action in actions
        ]
