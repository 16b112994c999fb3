"""The forms of the team."""

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.auth import email_addresses, passwords
from app.auth.forms import required_text
from app.core.words import lazy_gettext as _
from app.team.roles import GIVEN, ROLES


class InvitationForm(FlaskForm):
    email = EmailField(_("E-mail address"), validators=[InputRequired(_("Enter the e-mail address."))])
    role = SelectField(_("Role"), choices=[SelectChoice(key, ROLES[key].label) for key in GIVEN], default="member")

    def validate_email(self, field: Field) -> None:
        address = email_addresses.normal(field.data or "")
        if address is None:
            raise ValidationError(_("Enter an e-mail address such as name@example.com."))
        field.data = address


class JoinForm(FlaskForm):
    name = required_text(_("Your name"), _("Enter your name."), 100)
    job_title = required_text(_("Your role"), _("Enter your role, such as owner or office manager."), 100)
    password = PasswordField(_("Password"), validators=[InputRequired(_("Choose a password."))])

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__()
        self._known = known

    def validate_password(self, field: Field) -> None:
        if sentence := passwords.weakness(field.data or "", (*self._known, self.name.data or "")):
            raise ValidationError(sentence)
