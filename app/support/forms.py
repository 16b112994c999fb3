"""The form to support. Machines give themselves away by its hidden field, and by filling it in too fast."""

from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import EmailField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from app.core.clock import utc_now
from app.core.errors import InvalidInputError
from app.core.words import lazy_gettext as _
from app.leads import contact
from app.support.threads import MOST_SUBJECT, checked

FASTEST_SECONDS = 3
_SLOWEST_SECONDS = 86_400
_SALT = "support form"


def _line(value: str | None) -> str:
    return contact.one_line(value or "")


def shown_now(secret_key: str) -> str:
    """A stamp of when the form was shown, signed."""
    stamp = URLSafeTimedSerializer(secret_key, salt=_SALT).dumps("")
    return stamp if isinstance(stamp, str) else stamp.decode()


class SupportForm(FlaskForm):
    """`website` is seen by machines only; `shown` is the signed time."""

    name = StringField(_("Your name"), [InputRequired(_("Enter your name.")), Length(max=contact.MAX_NAME)], [_line])
    email = EmailField(_("E-mail address"), [InputRequired(_("Enter your e-mail address."))], [_line])
    subject = StringField(_("What is it about?"), [InputRequired(_("Say it in a few words."))], [_line])
    body = TextAreaField(
        _("What happened, and what did you want to do?"), [InputRequired(_("Write what it is about."))]
    )
    website = StringField()
    shown = HiddenField()

    def validate_email(self, field: Field) -> None:
        if len(field.data or "") > contact.MAX_EMAIL or not contact.is_email(field.data or ""):
            raise ValidationError(_("Enter an e-mail address such as name@example.com."))

    def validate_subject(self, field: Field) -> None:
        if len(field.data or "") > MOST_SUBJECT:
            raise ValidationError(_("Say it in fewer words."))

    def validate_body(self, field: Field) -> None:
        try:
            checked(field.data or "")
        except InvalidInputError as error:
            raise ValidationError(error.sentence) from error

    def is_by_a_machine(self, secret_key: str) -> bool:
        """True for what no person does. It is answered like all others, and not kept."""
        if self.website.data:
            return True
        signer = URLSafeTimedSerializer(secret_key, salt=_SALT)
        try:
            _data, shown_at = signer.loads(self.shown.data or "", max_age=_SLOWEST_SECONDS, return_timestamp=True)
        except BadData:
            return True
        return bool((utc_now() - shown_at).total_seconds() < FASTEST_SECONDS)
