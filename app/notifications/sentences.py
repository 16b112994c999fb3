"""Each notification as one sentence."""

from app.core.words import gettext as _
from app.notifications.queries import Row


def sentence(row: Row) -> str:
    """What happened, with the lead's name as it is now."""
    name = row.lead_name or _("Somebody without a name")
    if row.kind == "new_lead":
        return _("New lead: %(name)s", name=name)
    if row.kind == "assigned":
        return _("%(name)s was given to you", name=name)
    if row.kind == "mention":
        return _("You were mentioned in a note about %(name)s", name=name)
    if row.kind == "missed_call":
        return _("Missed call: %(name)s", name=name)
    if row.kind == "task_due":
        return _("Due now: %(title)s (%(name)s)", title=row.data.get("title", ""), name=name)
    return _("A connection to Google Ads is broken and must be renewed")
