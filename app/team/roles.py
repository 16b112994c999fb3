"""The four roles in plain words."""

from dataclasses import dataclass

from flask_babel import LazyString

from app.core.words import lazy_gettext as _


@dataclass(frozen=True)
class Role:
    label: LazyString
    words: LazyString


ROLES = {
    "owner": Role(_("Owner"), _("May do everything, also close the account and hand over the company.")),
    "admin": Role(_("Admin"), _("Connects Google Ads, changes settings and invites people. Cannot close the account.")),
    "member": Role(_("Member"), _("Answers and wins leads, and sees reports. Changes no settings of the company.")),
    "viewer": Role(_("Viewer"), _("Looks at leads and reports and changes nothing.")),
}
GIVEN = ("admin", "member", "viewer")
"""What an invitation or a change can give; ownership is handed over instead."""
MAY_INVITE = ("owner", "admin")
