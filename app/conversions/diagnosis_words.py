"""Google's words for the state of uploads and for their ways, in a shop owner's words."""

from app.core.words import lazy_gettext as _

STATUSES = {
    "EXCELLENT": (_("Very good"), "good"),
    "GOOD": (_("Good"), "good"),
    "NEEDS_ATTENTION": (_("Needs a look"), "bad"),
    "NO_RECENT_UPLOAD": (_("Nothing uploaded for 28 days"), "waiting"),
}
"""Google's status → words and tone."""
CLIENTS = {
    "GOOGLE_ADS_API": _("sent through the Google Ads API"),
    "GOOGLE_ADS_WEB_CLIENT": _("uploaded as a file in Google Ads"),
    "ADS_DATA_CONNECTOR": _("sent as connected data"),
}
