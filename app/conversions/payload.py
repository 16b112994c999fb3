"""The request to Google, in the JSON form of the Data Manager API, built once and then frozen with the upload."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.conversions.eligibility import Identifiers

_CONSENT = {"granted": "CONSENT_GRANTED", "denied": "CONSENT_DENIED"}


@dataclass(frozen=True)
class Destination:
    """Where the conversion goes. Ids are Google's, as digits without dashes."""

    login_customer_id: str
    conversion_customer_id: str
    conversion_action_id: str


@dataclass(frozen=True)
class Occurrence:
    """What happened: when, and what it was worth (in whole units of an ISO 4217 currency)."""

    transaction_id: str
    at: datetime
    value: Decimal
    currency: str
    ad_user_data: str
    ad_personalization: str


def build(destination: Destination, occurrence: Occurrence, identifiers: Identifiers) -> dict[str, Any]:
    """One destination, one event: so that Google's counts are a verdict on this lead."""
    event: dict[str, Any] = {
        "transactionId": occurrence.transaction_id,
        "eventTimestamp": occurrence.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "conversionValue": float(occurrence.value),
        "currency": occurrence.currency,
        "eventSource": "WEB",
        "consent": _consent(occurrence),
    }
    if identifiers.click_id:
        name, value = identifiers.click_id
        event["adIdentifiers"] = {name: value}
    hashed = [
        {"emailAddress": identifiers.email_sha256} if identifiers.email_sha256 else None,
        {"phoneNumber": identifiers.phone_sha256} if identifiers.phone_sha256 else None,
    ]
    if any(hashed):
        event["userData"] = {"userIdentifiers": [identifier for identifier in hashed if identifier]}
    return {"destinations": [_destination(destination)], "events": [event], "encoding": "HEX"}


def _destination(destination: Destination) -> dict[str, Any]:
    return {
        "loginAccount": _account(destination.login_customer_id),
        "operatingAccount": _account(destination.conversion_customer_id),
        "productDestinationId": destination.conversion_action_id,
    }


def _account(customer_id: str) -> dict[str, str]:
    return {"accountType": "GOOGLE_ADS", "accountId": customer_id}


def _consent(occurrence: Occurrence) -> dict[str, str]:
    """Only what the visitor chose; an unknown choice is left out, never turned into a yes."""
    choices = {"adUserData": occurrence.ad_user_data, "adPersonalization": occurrence.ad_personalization}
    return {name: _CONSENT[choice] for name, choice in choices.items() if choice in _CONSENT}
