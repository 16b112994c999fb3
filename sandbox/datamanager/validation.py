"""What Google checks before it accepts a request. One violation refuses all of it.

Where Google's own limit is not published (how far ahead a time may lie, how long a transaction id may be) the
practice Google is strict, so that what passes here is sane.
"""

import math
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.datamanager import magic
from sandbox.datamanager.errors import Violation
from sandbox.datamanager.identifiers import ENCODINGS, HEX, address_problem, hash_problem
from sandbox.people import UPLOAD_CLICKS, find_action

MAX_EVENTS, MAX_DESTINATIONS, MAX_IDENTIFIERS = 2_000, 10, 10
MAX_TRANSACTION_ID, MAX_CLICK_ID = 64, 512
MAX_FUTURE_SECONDS = 300
GOOGLE_ADS = 1  # the same number in ProductAccount.AccountType and in the older Product
KNOWN_CONSENT = (0, 1, 2)
KNOWN_SOURCES = range(1, 7)
CURRENCY = re.compile(r"[A-Z]{3}")
CLICK_IDS = ("gclid", "gbraid", "wbraid")
Report = Callable[[str, str, str], None]


def violations(request: Any) -> list[Violation]:
    """Everything wrong with a parsed IngestEventsRequest, in the order of the request."""
    found: list[Violation] = []
    _check_destinations(request, _reporter(found, ""))
    if not request.events:
        found.append(Violation("events", "REQUIRED_FIELD_MISSING", "At least one event is required."))
    elif len(request.events) > MAX_EVENTS:
        found.append(Violation("events", "TOO_MANY_EVENTS", f"At most {MAX_EVENTS} events are allowed per request."))
        return found
    if request.encoding not in ENCODINGS and any(e.HasField("user_data") for e in request.events):
        found.append(Violation("encoding", "REQUIRED_FIELD_MISSING", "encoding is required with user data."))
    _check_consent(request, _reporter(found, ""))
    references = {destination.reference for destination in request.destinations}
    for index, event in enumerate(request.events):
        _check_event(event, request.encoding or HEX, references, _reporter(found, f"events.events[{index}]."))
    return found


def click_ids(event: Any) -> Iterator[tuple[str, str]]:
    """The click ids that an event carries, as (kind, value)."""
    for kind in CLICK_IDS:
        value = getattr(event.ad_identifiers, kind)
        if value:
            yield kind, value


def _reporter(found: list[Violation], prefix: str) -> Report:
    return lambda field, reason, description: found.append(Violation(prefix + field, reason, description))


def _check_destinations(request: Any, report: Report) -> None:
    if not request.destinations:
        report("destinations", "REQUIRED_FIELD_MISSING", "At least one destination is required.")
    if len(request.destinations) > MAX_DESTINATIONS:
        report("destinations", "TOO_MANY_DESTINATIONS", f"At most {MAX_DESTINATIONS} destinations are allowed.")
    seen: set[str] = set()
    for index, destination in enumerate(request.destinations):
        path = f"destinations.destinations[{index}]"
        if destination.reference in seen:
            report(f"{path}.reference", "DUPLICATE_DESTINATION_REFERENCE", "References must be unique.")
        seen.add(destination.reference)
        account = destination.operating_account
        if GOOGLE_ADS not in (account.account_type, account.product):
            report(f"{path}.operating_account", "INVALID_DESTINATION", "Only GOOGLE_ADS accounts exist here.")
        action = find_action(account.account_id, destination.product_destination_id)
        if action is None:
            report(
                f"{path}.product_destination_id",
                "INVALID_CONVERSION_ACTION_ID",
                "The conversion action does not exist in the operating account.",
            )
        elif action.type != UPLOAD_CLICKS:
            report(
                f"{path}.product_destination_id",
                "INVALID_CONVERSION_ACTION_TYPE",
                f"The conversion action has the type {action.type}; {UPLOAD_CLICKS} is needed.",
            )


def _check_event(event: Any, encoding: int, references: set[str], report: Report) -> None:
    if not event.transaction_id:
        report("transaction_id", "REQUIRED_FIELD_MISSING", "transaction_id is required.")
    elif len(event.transaction_id) > MAX_TRANSACTION_ID:
        report("transaction_id", "FIELD_VALUE_TOO_LONG", f"At most {MAX_TRANSACTION_ID} characters are allowed.")
    if not event.HasField("event_timestamp"):
        report("event_timestamp", "REQUIRED_FIELD_MISSING", "event_timestamp is required.")
    elif not 0 < event.event_timestamp.seconds <= time.time() + MAX_FUTURE_SECONDS:
        report("event_timestamp", "EVENT_TIME_INVALID", "The event lies outside the acceptable time window.")
    if event.event_source not in KNOWN_SOURCES:
        missing = event.event_source == 0
        report(
            "event_source",
            "REQUIRED_FIELD_MISSING" if missing else "INVALID_ENUM_VALUE",
            "event_source is required for offline conversions.",
        )
    if any(reference not in references for reference in event.destination_references):
        report("destination_references", "INVALID_DESTINATION", "There is no destination with this reference.")
    if event.currency and not CURRENCY.fullmatch(event.currency):
        report("currency", "INVALID_CURRENCY_CODE", "currency must be an ISO 4217 code.")
    if event.HasField("conversion_value") and not (
        math.isfinite(event.conversion_value) and event.conversion_value >= 0
    ):
        report("conversion_value", "INVALID_NUMBER_FORMAT", "conversion_value must be zero or more.")
    _check_consent(event, report)
    _check_click_ids(event, report)
    _check_identifiers(event, encoding, report)


def _check_consent(holder: Any, report: Report) -> None:
    """The consent of the whole request or of one event."""
    for name in ("ad_user_data", "ad_personalization"):
        if getattr(holder.consent, name) not in KNOWN_CONSENT:
            report(f"consent.{name}", "INVALID_ENUM_VALUE", "The consent value is not known.")


def _check_click_ids(event: Any, report: Report) -> None:
    given = list(click_ids(event))
    if not given and not event.user_data.user_identifiers:
        report("ad_identifiers", "NO_IDENTIFIERS_PROVIDED", "The event has no user or ad identifiers.")
    if len(given) > 1:
        report("ad_identifiers", "INVALID_ARGUMENT", "Only one of gclid, gbraid and wbraid may be set.")
    for kind, value in given:
        wanted = magic.read(value)
        if len(value) > MAX_CLICK_ID:
            report(f"ad_identifiers.{kind}", "FIELD_VALUE_TOO_LONG", "The click id is too long.")
        elif wanted and wanted.kind == magic.FAST:
            report(f"ad_identifiers.{kind}", wanted.name, "Asked for by a practice click id.")


def _check_identifiers(event: Any, encoding: int, report: Report) -> None:
    identifiers = event.user_data.user_identifiers
    if event.HasField("user_data") and not identifiers:
        report("user_data.user_identifiers", "REQUIRED_FIELD_MISSING", "user_data carries no identifiers.")
    if len(identifiers) > MAX_IDENTIFIERS:
        report(
            "user_data.user_identifiers",
            "TOO_MANY_USER_IDENTIFIERS",
            f"At most {MAX_IDENTIFIERS} are allowed.",
        )
    for index, identifier in enumerate(identifiers):
        path = f"user_data.user_identifiers[{index}]"
        kind = identifier.WhichOneof("identifier")
        if kind is None:
            report(path, "REQUIRED_FIELD_MISSING", "The identifier is empty.")
        elif kind == "address":
            problem = address_problem(identifier.address, encoding)
            if problem:
                report(f"{path}.address.{problem.field}", problem.reason, problem.description)
        else:
            reason = hash_problem(getattr(identifier, kind), encoding)
            if reason:
                report(f"{path}.{kind}", reason, "The value must be an encoded SHA-256 hash.")
