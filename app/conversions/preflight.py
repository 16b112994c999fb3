"""What is known before anything is sent: one line for each thing that Google looks at. Pure rules, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.conversions.eligibility import (
    YOUNGEST_CLICK,
    Click,
    Facts,
    Refusal,
    Terms,
    choose_click,
    decide,
    forbids,
    window,
)
from app.conversions.verdicts import explain
from app.core.words import gettext as _
from app.core.words import ngettext
from app.integrations.google.user_data import hash_email, hash_phone

State = Literal["good", "waiting", "bad", "neutral"]
CLOSE_DAYS = 10
"""So many days before the end the window counts as closing."""


@dataclass(frozen=True)
class Check:
    """`state`: good; waiting: time heals it; bad: nothing is sent, or soon no more; neutral: missing, not needed."""

    name: str
    state: State
    words: str


@dataclass(frozen=True)
class Preflight:
    """`is_ready`: it would be sent now. `deadline`: until when Google takes it, when a click says so."""

    is_ready: bool
    reason: str
    deadline: datetime | None
    checks: Sequence[Check]


def look(facts: Facts, terms: Terms, value: str, now: datetime, *, made_at: datetime | None = None) -> Preflight:
    """`value` in words; `made_at`: when the conversion action was made through Leader, if it was."""
    decision = decide(facts, terms, now)
    click = choose_click(facts.touches, terms, now)
    checks = [
        _consent(facts, terms),
        _click(click),
        *_window(click, terms, now),
        _contact(facts),
        Check(_("Value"), "good", value),
    ]
    if made_at and now - made_at < YOUNGEST_CLICK:
        words = _("The conversion is new: Google takes reports six hours after it was made. Leader waits by itself.")
        checks.append(Check(_("Conversion"), "waiting", words))
    return Preflight(
        is_ready=not isinstance(decision, Refusal),
        reason=decision.reason if isinstance(decision, Refusal) else "",
        deadline=click.at + window(terms) if click else None,
        checks=checks,
    )


def _consent(facts: Facts, terms: Terms) -> Check:
    name = _("Permission")
    forbidden = forbids(facts, terms)
    if forbidden:
        return Check(name, "bad", explain(forbidden).sentence)
    if facts.ad_user_data == "granted":
        return Check(name, "good", _("The visitor agreed to use for advertising."))
    return Check(name, "neutral", _("Not asked, and not needed where your company is. E-mail and phone stay here."))


def _click(click: Click | None) -> Check:
    name = _("Ad click")
    if click is None:
        return Check(name, "neutral", _("No click on a Google ad is known."))
    if click.problem:
        return Check(name, "bad", explain(click.problem).sentence)
    return Check(name, "good", _("A click on a Google ad is known (%(name)s).", name=click.name))


def _window(click: Click | None, terms: Terms, now: datetime) -> list[Check]:
    if click is None or click.problem:
        return []
    name, left = _("Time left"), click.at + window(terms) - now
    if now - click.at < YOUNGEST_CLICK:
        words = _("The click is younger than six hours. Google may ask to wait; Leader then tries again by itself.")
        return [Check(name, "waiting", words)]
    words = ngettext("%(num)s day", "%(num)s days", left.days)
    return [Check(name, "waiting" if left.days < CLOSE_DAYS else "good", words)]


def _contact(facts: Facts) -> Check:
    name = _("E-mail and phone")
    usable = [
        words
        for words, value in ((_("e-mail"), hash_email(facts.email)), (_("phone"), hash_phone(facts.phone_e164)))
        if value
    ]
    if not usable:
        return Check(name, "neutral", _("Neither can be matched by Google."))
    if facts.ad_user_data != "granted":
        return Check(name, "neutral", _("They stay here, since the visitor's yes is not known."))
    return Check(name, "good", _("Sent as a hash: %(which)s.", which=", ".join(usable)))
