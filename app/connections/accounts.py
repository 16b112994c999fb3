"""The ad accounts and conversion actions of a connection, as Google tells them.

A reading is asked for by a mark on the connection and done by a job, so that nobody's page waits for Google.
Accounts and actions that Google no longer tells are kept, since receipts and mappings point at them; they
show nowhere because their `read_at` is older than the last reading.
"""

import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime

from google.oauth2.credentials import Credentials
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connections import actions, asking, use
from app.connections.models import AdAccount, Connection, ConversionAction
from app.core import events
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import InvalidInputError, LeaderError, PermanentError
from app.core.events import Actor
from app.core.ids import new_id
from app.core.words import gettext as _
from app.integrations.google.ads_actions import ActionMaker
from app.integrations.google.google_ads import Account, Action, AdsReader
from app.integrations.google.google_ads_errors import TokenRefusedError
from app.integrations.google.oauth_errors import ConsentEndedError


@dataclass
class Reading:
    """What Google told: every account, with the actions of those that were asked for. `problem`: of one."""

    accounts: list[tuple[Account, list[Action] | None]] = field(default_factory=list)
    problem: str = ""


def choose(session: Session, connection_id: uuid.UUID, account_ids: Collection[uuid.UUID], *, actor: Actor) -> None:
    """These accounts and no others are used from now on; their conversion actions are read next.

    Raises InvalidInputError when none was chosen or one is not of this connection, and as `asking.ask_again` does.
    """
    use.open_for_use(session, connection_id)
    connection = use.lock(session, connection_id)
    known = {account.id: account for account in _accounts(session, connection_id)}
    if not account_ids or not set(account_ids) <= set(known):
        raise InvalidInputError(
            _("Choose at least one ad account from the list."), fields={"accounts": _("Choose one.")}
        )
    for account in known.values():
        account.is_chosen = account.id in account_ids
    events.record(session, "connection.accounts_chosen", actor=actor, connection_id=str(connection_id))
    asking.ask(session, connection)


def read(session: Session, connection_id: uuid.UUID, box: SealedBox, settings: Settings) -> None:
    """Read what was asked for, if anything was, and note the outcome; the caller commits."""
    asked_at = session.scalar(select(Connection.accounts_asked_at).where(Connection.id == connection_id))
    if asked_at is None:
        return
    now, problem, is_read = utc_now(), "", False
    try:
        reading = _read_at_google(session, connection_id, box, settings)
        _store(session, connection_id, reading, now)
        actions.date_made(session, connection_id)
        problem, is_read = reading.problem, True
    except LeaderError as error:
        problem = error.sentence
    connection = use.lock(session, connection_id)
    connection.accounts_problem = problem
    if is_read:
        connection.accounts_read_at = now
    if connection.accounts_asked_at == asked_at:
        connection.accounts_asked_at = None


def give_up(session: Session, connection_id: uuid.UUID, error: LeaderError) -> None:
    """The reading cannot be done at all: say why, and want it no more. The caller commits."""
    connection = use.lock(session, connection_id)
    connection.accounts_problem, connection.accounts_asked_at = error.sentence, None


def _read_at_google(session: Session, connection_id: uuid.UUID, box: SealedBox, settings: Settings) -> Reading:
    connection = use.open_for_use(session, connection_id)
    chosen = {account.customer_id for account in _accounts(session, connection_id) if account.is_chosen}
    credentials = use.credentials(session, connection, box, settings)
    try:
        return _make_and_find(session, connection_id, settings, credentials, chosen)
    except TokenRefusedError:
        credentials = use.credentials(session, connection, box, settings, refused=str(credentials.token))
        return _make_and_find(session, connection_id, settings, credentials, chosen)
    except ConsentEndedError as error:
        use.break_off(session, use.lock(session, connection_id), error.sentence, error.reason)
        raise


def _make_and_find(
    session: Session, connection_id: uuid.UUID, settings: Settings, credentials: Credentials, chosen: Collection[str]
) -> Reading:
    """What members asked to be made comes first, so that the reading finds it."""
    actions.make_wanted(session, ActionMaker(settings, credentials), connection_id)
    return _find(AdsReader(settings, credentials), chosen)


def _find(reader: AdsReader, chosen: Collection[str]) -> Reading:
    """All accounts, with the actions of the chosen ones. An only account counts as chosen."""
    accounts = reader.list_accounts()
    wanted = chosen or {account.customer_id for account in accounts if len(accounts) == 1}
    reading = Reading()
    for account in accounts:
        if account.customer_id not in wanted:
            reading.accounts.append((account, None))
            continue
        try:
            owned = reader.find_owner(account)
            reading.accounts.append((owned, reader.list_conversion_actions(owned)))
        except ConsentEndedError:
            raise
        except PermanentError as error:
            reading.problem = f"{account.name}: {error.sentence}"
            reading.accounts.append((account, None))
    return reading


def _store(session: Session, connection_id: uuid.UUID, reading: Reading, now: datetime) -> None:
    """An only account that is new is chosen with that."""
    rows = {row.customer_id: row for row in _accounts(session, connection_id)}
    is_only_new = len(reading.accounts) == 1 and reading.accounts[0][0].customer_id not in rows
    for account, told in reading.accounts:
        row = rows.get(account.customer_id)
        if row is None:
            row = AdAccount(id=new_id(), connection_id=connection_id, is_chosen=is_only_new)
        for name, value in asdict(account).items():
            setattr(row, name, value)
        row.read_at = now
        session.add(row)
        if told is not None:
            session.flush()
            _store_actions(session, row, told, now)
    if is_only_new:
        events.record(session, "connection.accounts_chosen", connection_id=str(connection_id))


def _store_actions(session: Session, account: AdAccount, actions: list[Action], now: datetime) -> None:
    known = session.scalars(select(ConversionAction).where(ConversionAction.ad_account_id == account.id))
    rows = {row.google_id: row for row in known}
    for action in actions:
        row = rows.get(action.google_id)
        if row is None:
            row = ConversionAction(ad_account_id=account.id)
            session.add(row)
        for name, value in asdict(action).items():
            setattr(row, name, value)
        row.read_at = now


def _accounts(session: Session, connection_id: uuid.UUID) -> list[AdAccount]:
    return list(session.scalars(select(AdAccount).where(AdAccount.connection_id == connection_id)))
