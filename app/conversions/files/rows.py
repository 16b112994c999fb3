"""The lines of Google's upload templates. Pure rules: an event as it would be sent → the cells of its line.

Times are in UTC, as the first line of a file says, so that the hour that comes twice in autumn is no riddle.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

PARAMETERS = "Parameters:TimeZone=+0000\r\n"
"""The first line of a file."""
_WORTH = ("Conversion Name", "Conversion Time", "Conversion Value", "Conversion Currency")
_CONSENT = ("Ad User Data", "Ad Personalization")
HEADINGS = {
    "clicks": ("Google Click ID", "GBRAID", "WBRAID", *_WORTH, *_CONSENT, "Order ID"),
    "leads": ("Email", "Phone Number", *_WORTH, *_CONSENT, "Order ID"),
    "changes": (
        "Order ID",
        "Conversion Name",
        "Adjustment Time",
        "Adjustment Type",
        "Adjusted Value",
        "Adjusted Value Currency",
    ),
}
_CHOICES = {"CONSENT_GRANTED": "Granted", "CONSENT_DENIED": "Denied"}


def kind_of(event: Mapping[str, Any]) -> str:
    """clicks when it carries a click id, leads when only e-mail or phone; empty with neither."""
    if event.get("adIdentifiers"):
        return "clicks"
    return "leads" if event.get("userData") else ""


def row(kind: str, event: Mapping[str, Any], action: str) -> list[str]:
    """The cells in the order of the headings."""
    return [*(_click(event) if kind == "clicks" else _person(event)), *_worth(event, action), *_last(event)]


def change_row(event: Mapping[str, Any], action: str, type_: str, at: datetime) -> list[str]:
    """A conversion that Google has is taken back (RETRACT), or gets another value (RESTATE)."""
    is_restated = type_ == "RESTATE"
    value = [f"{event['conversionValue']:.2f}", event["currency"]] if is_restated else ["", ""]
    return [event["transactionId"], action, _time(at), type_, *value]


def _click(event: Mapping[str, Any]) -> list[str]:
    return [event["adIdentifiers"].get(name, "") for name in ("gclid", "gbraid", "wbraid")]


def _person(event: Mapping[str, Any]) -> list[str]:
    told = event["userData"]["userIdentifiers"]
    return [next((each[name] for each in told if name in each), "") for name in ("emailAddress", "phoneNumber")]


def _worth(event: Mapping[str, Any], action: str) -> list[str]:
    at = datetime.fromisoformat(event["eventTimestamp"])
    return [action, _time(at), f"{event['conversionValue']:.2f}", event["currency"]]


def _last(event: Mapping[str, Any]) -> list[str]:
    consent = event.get("consent", {})
    choices = [_CHOICES.get(consent.get(name, ""), "") for name in ("adUserData", "adPersonalization")]
    return [*choices, event["transactionId"]]


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
