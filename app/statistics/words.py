"""What the lines of the published tables are called."""

from app.core.words import lazy_gettext as _

TITLES = {"channel": _("How leads come"), "answer": _("How soon leads are answered")}
LINES = {"channel": _("Channel"), "answer": _("Answered")}
ANSWERS = {
    "hour": _("within an hour"),
    "day": _("within a day"),
    "week": _("within a week"),
    "later": _("later"),
    "none": _("not yet answered"),
}
