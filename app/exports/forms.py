"""The forms of exports."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import PasswordField
from wtforms.validators import InputRequired

from app.auth.forms import CodeForm
from app.core.words import lazy_gettext as _


class PasswordForm(CodeForm):
    password = PasswordField(_("Your password"), validators=[InputRequired(_("Enter your password."))])


class VerifyForm(FlaskForm):
    """It changes nothing, so a foreign page that sends it gains nothing."""

    class Meta:
        csrf = False

    archive = FileField(_("The archive (.zip)"))
    manifest = FileField(_("Its manifest.json"))
    signature = FileField(_("Its manifest.sig"))
