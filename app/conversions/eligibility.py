"""May this conversion be sent, and with what? Pure rules, decided when the upload is planned.

1. Test, sample and spam leads are never sent.
2. A visitor who said no is not reported; where consent is the law and the choice is unknown, neither.
3. Exactly one click id goes along: gclid before gbraid before wbraid.
4. Hashed e-mail and phone go along only with consent.
5. Without any identifier there is nothing to send.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Facts:
    """What is known of a lead when it reaches the mapped stage. Click ids: one mapping a touch, the oldest first."""

    is_excluded: str
    """The reason why it is never sent (TEST_LEAD, SPAM_LEAD), or nothing."""
    region: str
    ad_user_data: str
    ad_personalization: str
    click_ids: Sequence[Mapping[str, str]]
    email: str
    phone_e164: str


@dataclass(frozen=True)
class Identifiers:
    """What the event carries to be matched by. `click_id` is (name, value)."""

    click_id: tuple[str, str] | None
    email_sha256: str | None
    phone_sha256: str | None


@dataclass(frozen=True)
class Refusal:
    reason: str


def decide(facts: Facts) -> Identifiers | Refusal:
    """The identifiers to send, or the reason why nothing is sent."""
    if facts.is_excluded:
        return Refusal(facts.is_excluded)
    if facts.ad_user_data == "denied":
        return Refusal("DENIED_CONSENT")
    if facts.ad_user_data != "granted" and facts.region in CONSENT_REGIONS:
        return Refusal("UNKNOWN_CONSENT")
    is_granted = facts.ad_user_data == "granted"
    identifiers = Identifiers(
        click_id=choose_click_id(facts.click_ids),
        email_sha256=hash_email(facts.email) if is_granted else None,
        phone_sha256=hash_phone(facts.phone_e164) if is_granted else None,
    )
    if identifiers == Identifiers(None, None, None):
        return Refusal("NO_IDENTIFIERS")
    return identifiers


def choose_click_id(touches: Sequence[Mapping[str, str]]) -> tuple[str, str] | None:
    """The click id of the latest touch that has one; within a touch gclid, then gbraid, then wbraid."""
    for click_ids in reversed(touches):
        for name in CLICK_IDS:
            if click_ids.get(name):
                return name, click_ids[name]
    return None
