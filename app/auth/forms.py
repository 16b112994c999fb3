"""The forms of sign-up, sign-in and profile."""

import unicodedata

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from app.auth import email_addresses, passwords


def _tidy(value: str | None) -> str | None:
    """Without space around it and with single spaces inside."""
    return " ".join(value.split()) if value else value


def _no_control_characters(_form: FlaskForm, field: Field) -> None:
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in field.data or ""):
        raise ValidationError("Use letters, digits and ordinary signs only.")


def _text(label: str, sentence: str, most: int) -> StringField:
    """A required line of text."""
    too_long = f"Use at most {most} characters."
    checks = [DataRequired(sentence), Length(max=most, message=too_long), _no_control_characters]
    return StringField(label, validators=checks, filters=[_tidy])


class SignUpForm(FlaskForm):
    name = _text("Your name", "Enter your name.", 100)
    email = EmailField("E-mail address", validators=[InputRequired("Enter your e-mail address.")])
    company = _text("Company", "Enter the name of your company.", 100)
    job_title = _text("Your role", "Enter your role, such as owner or office manager.", 100)
    password = PasswordField("Password", validators=[InputRequired("Choose a password.")])

    def validate_email(self, field: Field) -> None:
        address = email_addresses.normal(field.data or "")
        if address is None:
            raise ValidationError("Enter an e-mail address such as name@example.com.")
        field.data = address

    def validate_password(self, field: Field) -> None:
        known = tuple(known or "" for known in (self.name.data, self.email.data, self.company.data))
        if sentence := passwords.weakness(field.data or "", known):
            raise ValidationError(sentence)


class SignInForm(FlaskForm):
    email = EmailField("E-mail address", validators=[InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", validators=[InputRequired("Enter your password.")])


class ProfileForm(FlaskForm):
    name = _text("Your name", "Enter your name.", 100)
    job_title = _text("Your role", "Enter your role, such as owner or office manager.", 100)


class PasswordForm(FlaskForm):
    current = PasswordField("Current password", validators=[InputRequired("Enter your current password.")])
    new = PasswordField("New password", validators=[InputRequired("Choose a new password.")])

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__()
        self._known = known

    def validate_new(self, field: Field) -> None:
        if sentence := passwords.weakness(field.data or "", self._known):
            raise ValidationError(sentence)
