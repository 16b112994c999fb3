"""On top of every page while a Google login must be connected again.

A page costs no statement for it: what was read is kept for some seconds, for each company. So the notice comes and
goes within those seconds wherever the connection broke or was renewed.
"""

import time
import uuid
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.connections.models import Connection
from app.core.db import db
from app.core.notices import Notice
from app.core.words import gettext as _
from app.core.words import ngettext

KEPT_SECONDS = 15.0
_MOST = 10_000


class Broken(NamedTuple):
    id: uuid.UUID
    google_email: str


_kept: dict[uuid.UUID, tuple[float, list[Broken]]] = {}


def connection_notice(person: Any) -> Notice | None:
    """None for nearly everybody. An error page is drawn without a database too."""
    try:
        found = _broken(db.session(), person.company_id)
    except SQLAlchemyError:
        return None
    if not found:
        return None
    words = ngettext(
        "Google no longer lets %(who)s report your sales. What is to be reported waits.",
        "%(num)s Google logins no longer work. What is to be reported waits.",
        len(found),
        who=found[0].google_email,
    )
    address = url_for("connections.show", connection_id=found[0].id)
    return Notice("bad", words, _("Connect again"), address)


def forget(company_id: uuid.UUID) -> None:
    """What was read is no longer true."""
    _kept.pop(company_id, None)


def _broken(session: Session, company_id: uuid.UUID) -> list[Broken]:
    until, found = _kept.get(company_id, (0.0, []))
    if time.monotonic() < until:
        return found
    rows = session.execute(
        select(Connection.id, Connection.google_email)
        .where(Connection.state == "needs_reconnect")
        .order_by(Connection.connected_at)
    )
    found = [Broken(*row) for row in rows]
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[company_id] = (time.monotonic() + KEPT_SECONDS, found)
    return found
