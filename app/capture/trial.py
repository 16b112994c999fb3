"""The test lead: a sending that Leader makes to itself, so that people see the whole way before their website is ready.

It goes through the inbox like every other, and is marked as a test: never counted, never reported.
"""

import json

from app.capture.gates import Parcel
from app.core.clock import utc_now
from app.core.ids import new_id
from app.core.words import gettext as _

_VISIT = "https://your-website.example/quote?utm_source=google&utm_medium=cpc&utm_campaign=Test+campaign"


def parcel(email: str) -> Parcel:
    """A test lead as it would come from the tag, with the address of the person who asked for it."""
    visit = {"landing_page": _VISIT, "referrer": "https://www.google.com/", "at": utc_now().isoformat()}
    event_id = str(new_id())
    body = {
        "client_event_id": event_id,
        "test": True,
        "fields": {
            "name": _("Test lead"),
            "email": email,
            "message": _("This is what a message from your website looks like."),
        },
        "first": visit,
        "last": visit,
        "page": _VISIT,
    }
    return Parcel(event_id, "json", json.dumps(body).encode(), ip_address="", user_agent="")
