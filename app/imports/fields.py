"""What a column may be, and which it most likely is by its heading."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from flask_babel import LazyString

from app.core.errors import InvalidInputError
from app.core.words import gettext as _
from app.core.words import lazy_gettext

FIELDS: dict[str, LazyString] = {
    "name": lazy_gettext("Name"),
    "email": lazy_gettext("E-mail address"),
    "phone": lazy_gettext("Phone number"),
    "message": lazy_gettext("Message or note"),
    "value": lazy_gettext("Value"),
    "stage": lazy_gettext("Stage"),
    "owner": lazy_gettext("Owner (name or e-mail address)"),
    "tags": lazy_gettext("Tags"),
    "arrived": lazy_gettext("Date of arrival"),
    "source": lazy_gettext("Source, in words"),
    "page": lazy_gettext("Address of the landing page"),
    "referrer": lazy_gettext("Address of the referring page"),
    "utm_source": lazy_gettext("UTM source"),
    "utm_medium": lazy_gettext("UTM medium"),
    "utm_campaign": lazy_gettext("UTM campaign"),
    "utm_term": lazy_gettext("UTM term (keyword)"),
    "utm_content": lazy_gettext("UTM content"),
    "gclid": lazy_gettext("Google click id (gclid)"),
    "gbraid": lazy_gettext("Google click id (gbraid)"),
    "wbraid": lazy_gettext("Google click id (wbraid)"),
}
"""In the order in which they are offered."""

MANY = frozenset({"name", "message", "tags"})
"""Several columns may fill these, such as a first and a last name."""

_WHO = frozenset({"name", "email", "phone"})
_HEADINGS = Path(__file__).with_name("headings.toml")


def guess(heading: Sequence[str]) -> list[str]:
    """For each column the field that its heading speaks of; empty where it speaks of none, or of one that is taken."""
    found: list[str] = []
    for title in heading:
        field = _known().get(_plain(title), "")
        found.append(field if field in MANY or field not in found else "")
    return found


def check(fields: Sequence[str]) -> None:
    """Raises InvalidInputError unless a lead can be made of these columns."""
    if not _WHO.intersection(fields):
        raise InvalidInputError(_("Choose a column for the name, the e-mail address or the phone number."))
    for field, label in FIELDS.items():
        if field not in MANY and fields.count(field) > 1:
            raise InvalidInputError(_("Only one column can be “%(field)s”.", field=label))


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", "", title.casefold())


@cache
def _known() -> dict[str, str]:
    told = tomllib.loads(_HEADINGS.read_text(encoding="utf-8"))
    return {_plain(title): field for field, titles in told.items() for title in (field, *titles)}
