"""What the pages about connections show. The sealed tokens are never read here."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connections.models import AdAccount, Connection, ConversionAction, WantedAction
from app.core.errors import NotFoundError
from app.core.words import gettext as _

MOST_PAST = 50


class Shown(NamedTuple):
    """One connection as its pages show it. `is_erased`: no token is stored any more."""

    id: uuid.UUID
    state: str
    google_email: str
    problem: str
    connected_at: datetime
    connected_by_name: str
    accounts_asked_at: datetime | None
    accounts_read_at: datetime | None
    accounts_problem: str
    disconnecting_at: datetime | None
    deleted_at: datetime | None
    deleted_by_name: str
    revoked_at: datetime | None
    revoke_answer: str
    checked_at: datetime | None
    check_problem: str
    reconciliation: dict[str, Any]
    upload_api: str
    is_erased: bool


_COLUMNS = (
    *(getattr(Connection, name) for name in Shown._fields if name != "is_erased"),
    Connection.sealed_refresh_token.is_(None),
)


class ListedAction(NamedTuple):
    """A conversion action that takes uploads."""

    name: str
    counting_type: str


@dataclass
class ListedAccount:
    """An ad account with the conversion actions that can be reported to."""

    id: uuid.UUID
    customer_id: str
    name: str
    currency: str
    is_chosen: bool
    auto_tagging: bool | None = None
    accepted_terms: bool | None = None
    enhanced_conversions: bool | None = None
    tracking_status: str = ""
    actions: list[ListedAction] = field(default_factory=list)


def current(session: Session) -> list[Shown]:
    """Connections that are in use, need attention, or are on their way out; the newest first."""
    statement = select(*_COLUMNS).where(Connection.state != "deleted").order_by(Connection.connected_at.desc())
    return [Shown(*row) for row in session.execute(statement)]


def past(session: Session) -> list[Shown]:
    """Deleted connections, as proof; the last deleted first."""
    statement = select(*_COLUMNS).where(Connection.state == "deleted").order_by(Connection.deleted_at.desc())
    return [Shown(*row) for row in session.execute(statement.limit(MOST_PAST))]


def one(session: Session, connection_id: uuid.UUID) -> Shown:
    """Raises NotFoundError, also for another company's."""
    found = session.execute(select(*_COLUMNS).where(Connection.id == connection_id)).one_or_none()
    if found is None:
        raise NotFoundError(_("There is no such connection."))
    return Shown(*found)


def accounts(session: Session, connection: Shown) -> list[ListedAccount]:
    """The accounts of the last reading, by name, with the actions that Google told with them."""
    if connection.accounts_read_at is None:
        return []
    rows = session.execute(
        select(
            AdAccount.id,
            AdAccount.customer_id,
            AdAccount.name,
            AdAccount.currency,
            AdAccount.is_chosen,
            AdAccount.auto_tagging,
            AdAccount.accepted_terms,
            AdAccount.enhanced_conversions,
            AdAccount.tracking_status,
        )
        .where(AdAccount.connection_id == connection.id, AdAccount.read_at >= connection.accounts_read_at)
        .order_by(AdAccount.name, AdAccount.customer_id)
    )
    listed = {row.id: ListedAccount(*row) for row in rows}
    actions = session.execute(
        select(ConversionAction.ad_account_id, ConversionAction.name, ConversionAction.counting_type)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .where(AdAccount.connection_id == connection.id, ConversionAction.read_at >= AdAccount.read_at)
        .order_by(ConversionAction.name)
    )
    for account_id, name, counting_type in actions:
        if account_id in listed:
            listed[account_id].actions.append(ListedAction(name, counting_type))
    return list(listed.values())


def wanted(session: Session, connection_id: uuid.UUID) -> list[WantedAction]:
    """The last conversion actions that members asked for through this connection, the newest first."""
    statement = (
        select(WantedAction)
        .join(AdAccount, AdAccount.id == WantedAction.ad_account_id)
        .where(AdAccount.connection_id == connection_id)
        .order_by(WantedAction.asked_at.desc())
        .limit(5)
    )
    return list(session.scalars(statement))


def chosen_names(session: Session) -> dict[uuid.UUID, list[str]]:
    """The names of the chosen ad accounts, by connection."""
    rows = session.execute(
        select(AdAccount.connection_id, AdAccount.name).where(AdAccount.is_chosen).order_by(AdAccount.name)
    )
    names: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        names.setdefault(row.connection_id, []).append(row.name)
    return names
