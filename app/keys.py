"""One table: every key of the product. The dialog behind "?" lists it, and keyboard.js reads it there.

The ways to the pages bring their own keys (app/navigation.py).
"""

from dataclasses import dataclass

from flask import Flask
from flask_babel import LazyString

from app.core.words import lazy_gettext as _


@dataclass(frozen=True)
class Key:
    """`keys` are pressed one after the other; `command` is what keyboard.js does then."""

    keys: str
    label: LazyString
    command: str


COMMANDS = (
    Key("Ctrl+K", _("Go to a page, find a lead, do something"), "palette"),
    Key("/", _("Search"), "search"),
    Key("j", _("Next row"), "next"),
    Key("k", _("Previous row"), "previous"),
    Key("?", _("Show these keys"), "keys"),
)


def install(app: Flask) -> None:
    app.jinja_env.globals["key_commands"] = COMMANDS
