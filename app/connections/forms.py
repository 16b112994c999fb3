"""The form that asks for a conversion action."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.connections.actions import Wish
from app.core.words import lazy_gettext as _

_CATEGORIES = [
    SelectChoice("CONVERTED_LEAD", _("Won sale")),
    SelectChoice("QUALIFIED_LEAD", _("Qualified lead")),
    SelectChoice("IMPORTED_LEAD", _("Lead")),
    SelectChoice("PURCHASE", _("Purchase")),
    SelectChoice("SUBMIT_LEAD_FORM", _("Form sent")),
    SelectChoice("PHONE_CALL_LEAD", _("Phone call")),
    SelectChoice("BOOK_APPOINTMENT", _("Appointment")),
    SelectChoice("REQUEST_QUOTE", _("Quote asked for")),
    SelectChoice("CONTACT", _("Contact")),
]
_COUNTINGS = [
    SelectChoice("MANY_PER_CLICK", _("Every one, also several after one click")),
    SelectChoice("ONE_PER_CLICK", _("One for each click; not for clicks from iPhones")),
]


class ActionForm(FlaskForm):
    account_id = HiddenField()
    name = StringField(
        _("Name"), default=_("Won lead"), validators=[InputRequired(_("Give it a name.")), Length(max=100)]
    )
    category = SelectField(_("What is it?"), choices=_CATEGORIES)
    counting_type = SelectField(_("What is counted?"), choices=_COUNTINGS)
    click_window_days = IntegerField(
        _("Days after the click"), default=90, validators=[InputRequired(_("Enter between 1 and 90 days."))]
    )
    value = StringField(_("Value where none is reported"), default="0", validators=[Length(max=20)])

    def wish(self) -> Wish:
        return Wish(
            self.name.data or "",
            self.category.data,
            self.counting_type.data,
            self.click_window_days.data or 0,
            self.value.data or "",
        )
