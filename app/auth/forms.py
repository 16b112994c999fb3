"""The forms of sign-up, sign-in and profile."""

import re
import unicodedata

from flask_babel import LazyString
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from app.auth import email_addresses, passwords
from app.core.words import LANGUAGES, gettext
from app.core.words import lazy_gettext as _

_LANGUAGES = [SelectChoice("", _("As my browser asks for")), *(SelectChoice(*each) for each in LANGUAGES.items())]

_WEB_ADDRESS = re.compile(r"://|\bwww\.|\w\.[a-z]{2,}/", re.IGNORECASE)


def _tidy(value: str | None) -> str | None:
    """Without space around it and with single spaces inside."""
    return " ".join(value.split()) if value else value


def _no_control_characters(_form: FlaskForm, field: Field) -> None:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in field.data or ""):
        raise ValidationError(gettext("Use letters, digits and ordinary signs only."))


def _no_web_address(_form: FlaskForm, field: Field) -> None:
    """Names stand in mails to people who do not know us: nobody is to be led anywhere by one."""
    if _WEB_ADDRESS.search(field.data or ""):
        raise ValidationError(gettext("Leave web addresses out of it."))


def required_text(label: LazyString, sentence: LazyString, most: int) -> StringField:
    """A required line of text."""
    too_long = _("Use at most %(max)d characters.")
    checks = [DataRequired(sentence), Length(max=most, message=too_long), _no_control_characters, _no_web_address]
    return StringField(label, validators=checks, filters=[_tidy])


class CodeForm(FlaskForm):
    """A form that asks whoever has two-step sign-in for a code; see `confirming.Proof`."""

    code = StringField(_("Code from your authenticator app"))


class SignUpForm(FlaskForm):
    name = required_text(_("Your name"), _("Enter your name."), 100)
    email = EmailField(_("E-mail address"), validators=[InputRequired(_("Enter your e-mail address."))])
    company = required_text(_("Company"), _("Enter the name of your company."), 100)
    job_title = required_text(_("Your role"), _("Enter your role, such as owner or office manager."), 100)
    password = PasswordField(_("Password"), validators=[InputRequired(_("Choose a password."))])

    def validate_email(self, field: Field) -> None:
        address = email_addresses.normal(field.data or "")
        if address is None:
            raise ValidationError(gettext("Enter an e-mail address such as name@example.com."))
        field.data = address

    def validate_password(self, field: Field) -> None:
        known = tuple(known or "" for known in (self.name.data, self.email.data, self.company.data))
        if sentence := passwords.weakness(field.data or "", known):
            raise ValidationError(sentence)


class SignInForm(FlaskForm):
    email = EmailField(_("E-mail address"), validators=[InputRequired(_("Enter your e-mail address."))])
    password = PasswordField(_("Password"), validators=[InputRequired(_("Enter your password."))])


class ProfileForm(FlaskForm):
    """Languages stand in their own words, so that everybody finds their own."""

    name = required_text(_("Your name"), _("Enter your name."), 100)
    job_title = required_text(_("Your role"), _("Enter your role, such as owner or office manager."), 100)
    language = SelectField(_("Language"), choices=_LANGUAGES, default="")


class PasswordForm(CodeForm):
    current = PasswordField(_("Current password"), validators=[InputRequired(_("Enter your current password."))])
    new = PasswordField(_("New password"), validators=[InputRequired(_("Choose a new password."))])

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__()
        self._known = known

    def validate_new(self, field: Field) -> None:
        if sentence := passwords.weakness(field.data or "", self._known):
            raise ValidationError(sentence)
