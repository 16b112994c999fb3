"""The public form of a request."""

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, RadioField, StringField, TelField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.core.words import lazy_gettext as _
from app.leads import contact
from app.privacy_requests.requests import Asked
from app.privacy_requests.words import KINDS


def _line(value: str | None) -> str:
    return contact.one_line(value or "")


def _lines(value: str | None) -> str:
    return contact.many_lines(value or "")


_CHOICES = [SelectChoice(value, label) for value, label in KINDS.items()]


class PassedForm(FlaskForm):
    """What somebody asks who does not know the company. `website` is a trap for machines: people do not see it."""

    kind = RadioField(_("What do you want?"), [InputRequired(_("Choose one."))], choices=_CHOICES)
    name = StringField(_("Your name"), [InputRequired(_("Enter your name.")), Length(max=contact.MAX_NAME)], [_line])
    email = EmailField(_("E-mail address"), [InputRequired(_("Enter your e-mail address."))], [_line])
    website = StringField()

    def validate_email(self, field: Field) -> None:
        if len(field.data or "") > contact.MAX_EMAIL or not contact.is_email(field.data or ""):
            raise ValidationError(_("Enter an e-mail address such as name@example.com."))


class RequestForm(PassedForm):
    """What a person asks of a company that they know."""

    phone = TelField(_("Phone number"), [Length(max=contact.MAX_PHONE)], [_line])
    message = TextAreaField(_("Anything that helps to find it"), [Length(max=contact.MAX_TEXT)], [_lines])

    def asked(self, language: str) -> Asked:
        """What was typed, once it is valid."""
        return Asked(
            kind=self.kind.data,
            name=self.name.data or "",
            email=self.email.data or "",
            phone=self.phone.data or "",
            message=self.message.data or "",
            language=language,
        )
