"""The forms of the desk."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.auth.passwords import MAX_LENGTH
from app.core.words import lazy_gettext as _
from app.desk.models import MOST_REASON
from app.leads import contact


def _line(value: str | None) -> str:
    return contact.one_line(value or "")


def _lines(value: str | None) -> str:
    return contact.many_lines(value or "")


def _typed(value: str | None) -> str:
    """Without what a database cannot keep."""
    return (value or "").replace("\0", "")


class SignInForm(FlaskForm):
    email = EmailField(
        _("E-mail address"),
        [InputRequired(_("Enter your e-mail address.")), Length(max=contact.MAX_EMAIL)],
        [_line],
    )
    password = PasswordField(
        _("Password"), [InputRequired(_("Enter your password.")), Length(max=MAX_LENGTH)], [_typed]
    )
    code = StringField(
        _("Code from your authenticator app"), [InputRequired(_("Enter the six digits.")), Length(max=20)], [_line]
    )


class TwoStepForm(FlaskForm):
    """Its field is named as the closing form's, so its id must not be."""

    reference = StringField(
        _("Reference of the person’s request"),
        [InputRequired(_("Enter the reference, such as S-23456789.")), Length(max=40)],
        [_line],
        id="two-step-reference",
    )


class ClosingForm(FlaskForm):
    reference = StringField(
        _("Reference of the owner’s request"),
        [InputRequired(_("Enter the reference, such as S-23456789.")), Length(max=40)],
        [_line],
    )
    reason = TextAreaField(
        _("Why is it to be deleted?"),
        [InputRequired(_("Say why, in your own words.")), Length(max=MOST_REASON)],
        [_lines],
    )
