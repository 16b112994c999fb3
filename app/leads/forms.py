"""The forms on the page of a lead."""

import re

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, StringField, TelField, TextAreaField
from wtforms.validators import Length, ValidationError

from app.core.money import to_major, to_minor
from app.core.words import gettext as _
from app.core.words import lazy_gettext
from app.leads import contact
from app.leads.adding import Told
from app.leads.corrections import Details
from app.leads.models import Lead


def _line(value: str | None) -> str:
    return contact.one_line(value or "")


def _lines(value: str | None) -> str:
    return contact.many_lines(value or "")


def _at_most(most: int) -> Length:
    return Length(max=most, message=lazy_gettext("Use at most %(max)d characters."))


class NoteForm(FlaskForm):
    """Its one field is checked by the rule that writes the note."""

    body = TextAreaField(lazy_gettext("Note"))


class _PersonForm(FlaskForm):
    """Who the lead is and what it is worth."""

    currency: str
    value_minor: int | None = None

    name = StringField(lazy_gettext("Name"), [_at_most(contact.MAX_NAME)], [_line])
    email = EmailField(lazy_gettext("E-mail address"), [_at_most(contact.MAX_EMAIL)], [_line])
    phone = TelField(lazy_gettext("Phone number"), [_at_most(contact.MAX_PHONE)], [_line])
    value = StringField(lazy_gettext("Value"), [_at_most(30)], [_line])

    def validate_email(self, field: Field) -> None:
        if field.data and not contact.is_email(field.data):
            raise ValidationError(_("Enter an e-mail address such as name@example.com, or leave it empty."))

    def validate_value(self, field: Field) -> None:
        try:
            self.value_minor = to_minor(field.data, self.currency) if field.data else None
        except ValueError as error:
            raise ValidationError(str(error)) from None

    def details(self) -> Details:
        """What was typed, once it is valid."""
        return Details(self.name.data or "", self.email.data or "", self.phone.data or "", self.value_minor)


class AddForm(_PersonForm):
    """A lead that is added by hand."""

    way = StringField(lazy_gettext("How did they come?"))
    message = TextAreaField(lazy_gettext("What is it about?"), [_at_most(contact.MAX_TEXT)], [_lines])

    def __init__(self, currency: str, *, is_sent: bool) -> None:
        self.currency = currency
        if is_sent:
            super().__init__()
        else:
            super().__init__(formdata=None)

    def told(self) -> Told:
        return Told(self.details(), self.way.data or "", self.message.data or "")


class DetailsForm(_PersonForm):
    """What a member may correct, with the version of the lead that they saw."""

    version = HiddenField()

    def __init__(self, lead: Lead, *, is_sent: bool) -> None:
        """`is_sent`: with what the member typed; otherwise with what the lead says now."""
        self.currency = lead.currency
        if is_sent:
            super().__init__()
        else:
            super().__init__(formdata=None, obj=lead, value=_amount(lead))

    def validate_version(self, field: Field) -> None:
        if not re.fullmatch("[0-9]{1,9}", field.data or ""):
            raise ValidationError(_("This form has expired. Reload the page and try again."))

    def clash(self, sentence: str, lead: Lead) -> None:
        """Say that the lead was changed meanwhile. What was typed stays; saving it again replaces what is
        there."""
        self.form_errors.append(sentence)
        self.version.data = str(lead.version)


def _amount(lead: Lead) -> str:
    """The value as one would type it: 4200, 1250.50, or nothing."""
    if lead.value_minor is None:
        return ""
    amount = to_major(lead.value_minor, lead.currency)
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount}"
