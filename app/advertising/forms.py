"""The form that takes a file of costs."""

import re
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.core.money import CURRENCIES
from app.core.words import gettext
from app.core.words import lazy_gettext as _


class CostFileForm(FlaskForm):
    """The account's number keeps what the file says apart from what Google tells."""

    customer_id = StringField(_("Number of the ad account"), [InputRequired(_("Enter the number of the ad account."))])
    currency = SelectField(_("Currency of the costs"), choices=[SelectChoice(code, code) for code in CURRENCIES])
    file = FileField(_("File (CSV)"), [FileRequired(_("Choose a file."))])

    def validate_customer_id(self, field: Any) -> None:
        field.data = re.sub(r"[\s-]", "", field.data or "")
        if not re.fullmatch(r"(?a)\d{10}", field.data):
            raise ValidationError(gettext("It has ten digits, such as 123-456-7890. Google Ads shows it at the top."))
