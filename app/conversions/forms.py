"""The forms that make and change a mapping."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.attribution.channels import CHANNELS
from app.conversions.mappings import MOST_PERCENT, Wish
from app.conversions.queries import ActionChoice
from app.core.words import lazy_gettext as _
from app.leads.gates import StageRow


class WishForm(FlaskForm):
    """What a rule reports: the value, and which leads."""

    value_rule = RadioField(
        _("Which value?"),
        choices=[
            SelectChoice("fixed", _("Always this value")),
            SelectChoice("lead", _("The lead's own value")),
            SelectChoice("percent", _("A part of it")),
        ],
        default="fixed",
    )
    value = StringField(
        _("Value"), default="0", validators=[InputRequired(_("Enter a value; 0 is allowed.")), Length(max=20)]
    )
    percent = IntegerField(
        _("Percent of the lead's value"),
        default=100,
        validators=[Optional(), NumberRange(1, MOST_PERCENT, _("Enter a percentage between 1 and 1000."))],
    )
    needs_consent = BooleanField(_("Only leads whose visitor agreed to use for advertising"))
    channels = SelectMultipleField(
        _("Only leads from these sources"), choices=[SelectChoice(channel, _(channel)) for channel in CHANNELS]
    )

    def wish(self) -> Wish:
        return Wish(
            value=self.value.data or "",
            value_rule=self.value_rule.data,
            percent=self.percent.data or 100,
            needs_consent=self.needs_consent.data,
            channels=self.channels.data or (),
        )


class MappingForm(WishForm):
    """Ids stand in the form as text; a choice that was not offered is refused."""

    stage_id = SelectField(_("When a lead becomes"), validators=[InputRequired(_("Choose a stage."))])
    action_id = SelectField(_("tell Google Ads"), validators=[InputRequired(_("Choose a conversion."))])

    def offer(self, stages: Sequence[StageRow], actions: Sequence[ActionChoice]) -> None:
        """Fill the two lists with what the company has."""
        self.stage_id.choices = [SelectChoice(str(stage.id), stage.name) for stage in stages]
        self.action_id.choices = [
            SelectChoice(str(action.id), f"{action.name} ({action.account}, {action.currency})") for action in actions
        ]
