"""Plain words for reasons and for what is held."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString

from app.core.words import gettext, ngettext
from app.core.words import lazy_gettext as _

REASONS: Mapping[str, LazyString] = {
    "asked": _("The person asked for it"),
    "no_longer_needed": _("We no longer need it"),
    "mistake": _("It was stored by mistake"),
}


def losses(rows: Mapping[str, int]) -> list[str]:
    """What a person recognises of what would go: "3 notes", "2 visits"; bookkeeping is not named."""
    told = {
        "notes": ngettext("%(num)s note", "%(num)s notes", rows.get("notes", 0)),
        "touchpoints": ngettext("%(num)s visit", "%(num)s visits", rows.get("touchpoints", 0)),
        "calls": ngettext("%(num)s call", "%(num)s calls", rows.get("calls", 0)),
        "stage_changes": ngettext("%(num)s change of stage", "%(num)s changes of stage", rows.get("stage_changes", 0)),
        "consents": ngettext("%(num)s record of consent", "%(num)s records of consent", rows.get("consents", 0)),
        "conversion_uploads": ngettext(
            "the receipt of %(num)s conversion",
            "the receipts of %(num)s conversions",
            rows.get("conversion_uploads", 0),
        ),
    }
    return [words for table, words in told.items() if rows.get(table)]


TABLES: Mapping[str, LazyString] = {
    "leads": _("What we know of you"),
    "inbox_items": _("What you sent, as it arrived"),
    "touchpoints": _("How you found us"),
    "consents": _("What you allowed"),
    "notes": _("Notes about our contact"),
    "stage_changes": _("How your enquiry went on"),
    "events": _("What happened"),
    "conversion_uploads": _("What was reported to advertising platforms"),
    "receipt_entries": _("How that reporting went"),
    "tasks": _("What we planned to do for you"),
    "lead_tags": _("Words we filed you under"),
    "calls": _("Calls"),
}
COLUMNS: Mapping[str, LazyString] = {
    "phone_e164": _("Phone number in international form"),
    "value_minor": _("Value, in the smallest unit of the currency"),
    "source_words": _("Source"),
    "channel_reason": _("Why this channel"),
    "ip_address": _("Network address"),
    "user_agent": _("Browser"),
    "wording": _("The words you were shown"),
    "way": _("How it was chosen"),
    "ad_user_data": _("Use of your data for advertising"),
    "ad_personalization": _("Personalised advertising"),
    "click_ids": _("Identifiers of the advertisement"),
    "utm": _("Campaign details"),
    "body": _("Text"),
    "data": _("Details"),
    "payload": _("What was sent"),
}


def table_title(name: str) -> str:
    """A table's name for people; one without words here is named as it is called."""
    return str(TABLES.get(name) or name.replace("_", " ").capitalize())


def column_label(name: str) -> str:
    return str(COLUMNS.get(name) or name.replace("_", " ").capitalize())


def origin(channel: str, source: str) -> str:
    return f"{channel}: {source}" if source else channel


def readable(value: Any) -> str:
    """A value as text: times in ISO 8601, yes or no, objects as JSON."""
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)
