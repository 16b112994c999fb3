"""The forms of closing an account and of checking certificates."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.auth.forms import CodeForm
from app.core.words import lazy_gettext as _


class ClosingForm(CodeForm):
    """Two things that nobody types by accident."""

    company_name = StringField(
        _("Name of your company"), [InputRequired(_("Type the name of your company.")), Length(max=300)]
    )
    password = PasswordField(_("Your password"), [InputRequired(_("Enter your password.")), Length(max=500)])


class CertificateForm(FlaskForm):
    certificate = FileField(_("Certificate"))
