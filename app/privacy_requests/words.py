"""Plain words for kinds, states and dates of requests."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString

from app.core.words import gettext, ngettext
from app.core.words import lazy_gettext as _
from app.privacy_requests.models import PrivacyRequest
from app.privacy_requests.requests import days_left

KINDS: Mapping[str, LazyString] = {
    "access": _("Show me what you hold about me"),
    "correct": _("Correct something"),
    "erase": _("Erase my data"),
    "restrict": _("Keep my data, but stop using it for now"),
    "object": _("I object to how my data is used"),
    "complain": _("I have a complaint"),
}
STATES: Mapping[str, LazyString] = {
    "unconfirmed": _("Not confirmed yet"),
    "open": _("Being looked at"),
    "paused": _("Waiting for the person"),
    "answered": _("Answered"),
    "refused": _("Refused, with the reason"),
}
ENTRIES: Mapping[str, LazyString] = {
    "received": _("The request arrived"),
    "confirmed": _("The e-mail address was confirmed"),
    "asked": _("A question was sent to the person"),
    "resumed": _("The person has answered, and the clock goes on"),
    "extended": _("The time was extended, and the person told why"),
    "answered": _("The answer was sent"),
    "refused": _("A refusal was sent"),
}
LAWS: Mapping[str, LazyString] = {
    "gdpr": _("GDPR: one month"),
    "uk": _("UK GDPR: one month; waiting for the person does not count"),
    "ccpa": _("California: 45 days; an objection 15 business days"),
}


def closeness(request: PrivacyRequest, today: date) -> tuple[str, str]:
    """(words, tone) of how near the date is: colours are never alone."""
    days = days_left(request, today)
    if request.law == "uk" and request.paused_on is not None:
        return gettext("The clock waits"), "neutral"
    if days < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days), "bad"
    if days == 0:
        return gettext("Due today"), "bad"
    return ngettext("%(num)s day left", "%(num)s days left", days), "bad" if days <= 3 else (
        "waiting" if days <= 10 else "good"
    )
