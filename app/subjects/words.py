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


def origin(channel: str, source: str) -> str:
    return f"{channel}: {source}" if source else channel


def readable(value: Any) -> str:
    """A value as text: times in ISO 8601, yes or no, objects as JSON."""
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, indent=1) if isinstance(value, dict | list) else str(value)
