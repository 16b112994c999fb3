"""What a table is narrowed to, in words, each with the address of the table without it."""

from typing import NamedTuple
from urllib.parse import urlencode

from app.core.money import format_money
from app.core.words import gettext as _
from app.core.words import known
from app.fields import narrowing
from app.leads.filters import NAMES, Asked, Filters
from app.leads.naming import Named

_OWN_FIELDS = {NAMES["stage"], NAMES["term"]}


class Chip(NamedTuple):
    """One condition: how it reads, and the address without it."""

    words: str
    without: str


def of(asked: Asked, chosen: Filters, named: Named, *, currency: str, address: str) -> tuple[Chip, ...]:
    """One for each condition beside stage and term, which have their own fields."""
    arguments = asked.arguments()
    if arguments.keys() <= _OWN_FIELDS:
        return ()
    return tuple(
        Chip(words, link(address, **{name: value for name, value in arguments.items() if name != NAMES[field]}))
        for field, words in _words(asked, chosen, named, currency).items()
        if getattr(asked, field)
    )


def conversion_words() -> dict[str, str]:
    """What became of a report, by its state."""
    return {
        "pending": _("about to be sent"),
        "sending": _("being sent"),
        "sent": _("sent, no answer yet"),
        "accepted": _("accepted"),
        "rejected": _("rejected"),
        "waiting": _("waits to be tried again"),
        "held": _("held until the connection works"),
        "skipped": _("not sent"),
        "parked": _("given up"),
    }


def link(address: str, **arguments: str) -> str:
    """The address with those arguments that say something."""
    query = urlencode({name: value for name, value in arguments.items() if value})
    return f"{address}?{query}" if query else address


def _words(asked: Asked, chosen: Filters, named: Named, currency: str) -> dict[str, str]:
    return {
        "owner": _("Nobody answers yet") if chosen.is_unowned else _("Owner: %(name)s", name=named.owner),
        "tag": _("Tag: %(name)s", name=named.tag),
        "channel": _("Channel: %(name)s", name=known(chosen.channel)),
        "campaign": _("Campaign: %(name)s", name=chosen.campaign),
        "conversion": _("Reported to Google: %(state)s", state=conversion_words().get(chosen.conversion, "")),
        "notes": _("Notes contain “%(words)s”", words=chosen.notes),
        "field": narrowing.words(named.field, asked.fits) if named.field else "",
        "waiting": _("Waiting for an answer"),
        "since": _("Arrived from %(day)s", day=asked.since),
        "until": _("Arrived until %(day)s", day=asked.until),
        "least": _("Worth %(amount)s or more", amount=format_money(chosen.least or 0, currency)),
        "most": _("Worth %(amount)s or less", amount=format_money(chosen.most or 0, currency)),
    }
