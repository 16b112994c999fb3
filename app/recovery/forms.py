"""The forms of a forgotten password and of a new address."""

from flask_wtf import FlaskForm
from wtforms import EmailField, Field, PasswordField
from wtforms.validators import InputRequired, ValidationError

from app.auth import email_addresses, passwords
from app.auth.forms import CodeForm
from app.core.words import lazy_gettext as _


class AddressForm(FlaskForm):
    email = EmailField(_("E-mail address"), validators=[InputRequired(_("Enter your e-mail address."))])

    def validate_email(self, field: Field) -> None:
        address = email_addresses.normal(field.data or "")
        if address is None:
            raise ValidationError(_("Enter an e-mail address such as name@example.com."))
        field.data = address


class NewAddressForm(AddressForm, CodeForm):
    email = EmailField(_("New e-mail address"), validators=[InputRequired(_("Enter your new e-mail address."))])
    password = PasswordField(_("Current password"), validators=[InputRequired(_("Enter your current password."))])


class NewPasswordForm(FlaskForm):
    new = PasswordField(_("New password"), validators=[InputRequired(_("Choose a new password."))])

    def __init__(self, known: tuple[str, ...]) -> None:
        super().__init__()
        self._known = known

    def validate_new(self, field: Field) -> None:
        if sentence := passwords.weakness(field.data or "", self._known):
            raise ValidationError(sentence)
