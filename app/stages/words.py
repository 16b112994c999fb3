"""What stages mean and look like, in words."""

from app.core.words import gettext as _


def kinds() -> dict[str, str]:
    return {
        "new": _("New: waits for a first answer"),
        "open": _("Open: you are in touch"),
        "won": _("Won: a sale"),
        "lost": _("Lost: it came to nothing"),
    }


def colours() -> dict[str, str]:
    return {
        "": _("None"),
        "blue": _("Blue"),
        "teal": _("Teal"),
        "green": _("Green"),
        "amber": _("Amber"),
        "red": _("Red"),
        "violet": _("Violet"),
    }
