"""Which answers a filter over one field wants: a word in a text, one choice, or a range written as `from..to`."""

from app.core.words import gettext as _
from app.fields import values
from app.fields.models import CustomField

_RANGE = ".."


def conditions(field: CustomField, fits: str) -> dict[str, str]:
    """The conditions as the gate takes them; empty when nothing is said. Raises InvalidInputError."""
    if not fits.strip():
        return {}
    of_field = {"field_id": str(field.id)}
    if field.kind == "text":
        return of_field | {"field_like": fits.strip()[: values.MAX_TEXT]}
    if field.kind in ("choice", "yes_no"):
        return of_field | {"field_is": values.read(field, fits).value}
    least, middle, most = fits.partition(_RANGE)
    what = "number" if field.kind == "number" else "field"
    ends = {f"{what}_from": least, f"{what}_to": most if middle else least}
    return of_field | {name: value for name, text in ends.items() if (value := values.read(field, text).value)}


def words(field: CustomField, fits: str) -> str:
    return _("%(field)s: %(fits)s", field=field.name, fits=values.words(field, fits))
