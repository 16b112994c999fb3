"""The notice of a changed policy, on top of every signed-in page until it was seen."""

from typing import Any

from flask import request, url_for

from app.core.db import db
from app.core.notices import Notice
from app.core.words import gettext as _
from app.core.words import listed
from app.legal import seeing, versions


def policy_notice(person: Any) -> Notice | None:
    """None for nearly everybody, without asking the database."""
    if not seeing.may_be_unseen(person.user_id, request.cookies.get(seeing.COOKIE, "")):
        return None
    new = seeing.unseen(db.session(), person.user_id)
    if not new:
        return None
    titles = listed([versions.in_readers_words(version).title for version in new])
    return Notice("info", _("Changed: %(titles)s.", titles=titles), _("See what changed"), url_for("legal.news"))
