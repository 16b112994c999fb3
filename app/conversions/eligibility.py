"""May this conversion be sent, and with what? Pure rules, decided when the upload is planned.

1. Test, sample and spam leads are never sent.
2. A visitor who said no is not reported; where consent is the law, or the rule asks for it, and the choice is
   unknown, neither.
3. A rule may be for leads from some channels only.
4. Exactly one click id goes along, of the latest click that can be used: gclid before gbraid before wbraid. A
   damaged one, one older than the conversion's window, and an iPhone's id for a conversion that counts once per
   click cannot be used.
5. Hashed e-mail and phone go along only with consent.
6. Without any identifier there is nothing to send; the reason is that of the latest click, if there was one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.integrations.google.user_data import hash_email, hash_phone

CLICK_IDS = ("gclid", "gbraid", "wbraid")

CONSENT_REGIONS = frozenset(
    {
        "AT",
        "BE",
        "BG",
        "CH",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GB",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
    }
    | {"LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"}
)
"""The European Economic Area, the United Kingdom and Switzerland: there Google wants proof of consent."""


LONGEST_WINDOW = timedelta(days=90)
"""Google forgets clicks after that, whatever a conversion's own window is."""
YOUNGEST_CLICK = timedelta(hours=6)
"""Google takes no conversion of a younger click, nor for a younger conversion action."""
_CLICK_ID = re.compile(r"[A-Za-z0-9_.-]{1,512}", re.ASCII)
_LONG = 40
"""So many characters of a real click id without one capital: something made it lower-case."""


@dataclass(frozen=True)
class Touch:
    """A visit that brought click ids."""

    at: datetime
    click_ids: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """What is known of a lead. `touches`: the oldest first."""

    is_excluded: str
    """The reason why it is never sent (TEST_LEAD, SPAM_LEAD), or nothing."""
    region: str
    ad_user_data: str
    ad_personalization: str
    touches: Sequence[Touch]
    email: str
    phone_e164: str
    channel: str = ""


@dataclass(frozen=True)
class Terms:
    """What a rule and its conversion action ask for."""

    counting_type: str = ""
    window_days: int = 90
    needs_consent: bool = False
    channels: Sequence[str] = ()


@dataclass(frozen=True)
class Click:
    """One click id, and why it cannot be used (in Google's words), if so."""

    name: str
    value: str
    at: datetime
    problem: str = ""


@dataclass(frozen=True)
class Identifiers:
    """What the event carries to be matched by. `click_id` is (name, value)."""

    click_id: tuple[str, str] | None
    email_sha256: str | None
    phone_sha256: str | None


@dataclass(frozen=True)
class Refusal:
    reason: str


def decide(facts: Facts, terms: Terms, now: datetime) -> Identifiers | Refusal:
    """The identifiers to send, or the reason why nothing is sent."""
    forbidden = forbids(facts, terms)
    if forbidden:
        return Refusal(forbidden)
    is_granted = facts.ad_user_data == "granted"
    click = choose_click(facts.touches, terms, now)
    usable = click if click and not click.problem else None
    identifiers = Identifiers(
        click_id=(usable.name, usable.value) if usable else None,
        email_sha256=hash_email(facts.email) if is_granted else None,
        phone_sha256=hash_phone(facts.phone_e164) if is_granted else None,
    )
    if identifiers == Identifiers(None, None, None):
        return Refusal(click.problem if click else "NO_IDENTIFIERS")
    return identifiers


def forbids(facts: Facts, terms: Terms) -> str:
    """The reason why this lead must not be reported at all, or nothing."""
    if facts.is_excluded:
        return facts.is_excluded
    if facts.ad_user_data == "denied":
        return "DENIED_CONSENT"
    if facts.ad_user_data != "granted" and (terms.needs_consent or facts.region in CONSENT_REGIONS):
        return "UNKNOWN_CONSENT"
    if terms.channels and facts.channel not in terms.channels:
        return "SOURCE_NOT_CHOSEN"
    return ""


def choose_click(touches: Sequence[Touch], terms: Terms, now: datetime) -> Click | None:
    """The latest click that can be used; when none can, the latest with its problem."""
    clicks = [click for touch in reversed(touches) for click in clicks_of(touch, terms, now)]
    return next((click for click in clicks if not click.problem), clicks[0] if clicks else None)


def clicks_of(touch: Touch, terms: Terms, now: datetime) -> list[Click]:
    """The click ids of one visit in the order in which Google prefers them."""
    return [
        Click(name, touch.click_ids[name], touch.at, _problem(name, touch, terms, now))
        for name in CLICK_IDS
        if touch.click_ids.get(name)
    ]


def window(terms: Terms) -> timedelta:
    """How long after a click Google takes the conversion."""
    return min(timedelta(days=terms.window_days), LONGEST_WINDOW)


def _problem(name: str, touch: Touch, terms: Terms, now: datetime) -> str:
    value = touch.click_ids[name]
    if not _CLICK_ID.fullmatch(value) or (len(value) >= _LONG and value == value.lower()):
        return f"INVALID_{name.upper()}"
    if now - touch.at > window(terms):
        return "EXPIRED_EVENT"
    if name != "gclid" and terms.counting_type == "ONE_PER_CLICK":
        return "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID"
    return ""
