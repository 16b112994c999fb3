"""The forms of two-step sign-in."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.auth.forms import CodeForm
from app.core.words import lazy_gettext as _


class CodeAloneForm(FlaskForm):
    code = StringField(
        _("Code from your authenticator app"), [InputRequired(_("Enter the six digits.")), Length(max=40)]
    )


class ProofForm(CodeForm):
    password = PasswordField(_("Your password"), [InputRequired(_("Enter your password."))])
