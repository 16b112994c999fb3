"""Looking after connections: does the permission still work, and is the ad account set up for reporting?

The look asks Google for a fresh access token, whatever the kept one is good for: a permission that was taken away shows
there first. The set-up is read with the ad accounts.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.connections import asking, use
from app.connections.queries import ListedAccount
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import LeaderError
from app.core.words import gettext as _

_ADS = "https://ads.google.com/aw"


@dataclass(frozen=True)
class Point:
    """One thing to be set up at Google. `is_done` None: not known. `href`: the page at Google where it is done."""

    title: str
    words: str
    is_done: bool | None
    href: str


def check(session: Session, connection_id: uuid.UUID, box: SealedBox, settings: Settings) -> None:
    """Look, note what was found, and have the accounts read; the caller commits."""
    problem = ""
    try:
        connection = use.open_for_use(session, connection_id)
        use.renew(session, connection, box, settings)
        asking.ask(session, connection)
    except use.ConnectionUnusableError:
        return
    except LeaderError as error:
        problem = error.sentence
    use.lock(session, connection_id).check_problem = problem


def readiness(account: ListedAccount) -> list[Point]:
    """What the ad account needs before reports count, in the order in which it is set up."""
    return [
        Point(
            _("Auto-tagging is on"),
            _("Google puts a click id on your links, so that a lead can be traced to its ad."),
            account.auto_tagging,
            f"{_ADS}/accountsettings",
        ),
        Point(
            _("Conversion tracking is on"),
            _("It starts with the first conversion action."),
            None if not account.tracking_status else account.tracking_status != "NOT_CONVERSION_TRACKED",
            f"{_ADS}/conversions",
        ),
        Point(
            _("The customer data terms are accepted"),
            _("Google asks for it before it takes e-mail addresses and phone numbers, even as a hash."),
            account.accepted_terms,
            f"{_ADS}/conversions/customersettings",
        ),
        Point(
            _("Enhanced conversions for leads are on"),
            _("Then Google can match a lead by e-mail or phone when there is no click id."),
            account.enhanced_conversions,
            f"{_ADS}/conversions/customersettings",
        ),
        Point(
            _("There is a conversion action that takes uploads"),
            _("Make one below, or in Google Ads."),
            bool(account.actions),
            f"{_ADS}/conversions",
        ),
    ]
