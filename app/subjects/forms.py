"""The form by which a withdrawal of consent is written down."""

from flask_wtf import FlaskForm
from wtforms import DateField
from wtforms.validators import DataRequired

from app.core.words import lazy_gettext as _


class WithdrawalForm(FlaskForm):
    """The day on which the person said so, in the company's zone."""

    on = DateField(_("On which day did the person say so?"), [DataRequired(_("Choose a day."))])
