"""Plain words for reasons and for what is held."""

from collections.abc import Mapping

from flask_babel import LazyString

from app.core.words import lazy_gettext as _
from app.core.words import ngettext

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
        "stage_changes": ngettext("%(num)s change of stage", "%(num)s changes of stage", rows.get("stage_changes", 0)),
        "consents": ngettext("%(num)s record of consent", "%(num)s records of consent", rows.get("consents", 0)),
        "conversion_uploads": ngettext(
            "the receipt of %(num)s conversion",
            "the receipts of %(num)s conversions",
            rows.get("conversion_uploads", 0),
        ),
    }
    return [words for table, words in told.items() if rows.get(table)]
