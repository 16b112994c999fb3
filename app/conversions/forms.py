"""The form that adds a mapping."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.conversions.queries import ActionChoice
from app.leads.gates import StageRow


class MappingForm(FlaskForm):
    """Ids stand in the form as text; a choice that was not offered is refused."""

    stage_id = SelectField("When a lead becomes", validators=[InputRequired("Choose a stage.")])
    action_id = SelectField("tell Google Ads", validators=[InputRequired("Choose a conversion.")])
    value_rule = RadioField(
        "Which value?",
        choices=[SelectChoice("fixed", "Always this value"), SelectChoice("lead", "The lead's own value")],
        default="fixed",
    )
    value = StringField("Value", validators=[InputRequired("Enter a value; 0 is allowed."), Length(max=20)])

    def offer(self, stages: Sequence[StageRow], actions: Sequence[ActionChoice]) -> None:
        """Fill the two lists with what the company has."""
        self.stage_id.choices = [SelectChoice(str(stage.id), stage.name) for stage in stages]
        self.action_id.choices = [
            SelectChoice(str(action.id), f"{action.name} ({action.account}, {action.currency})") for action in actions
        ]
