"""Making a conversion action in the ad account from Leader: asked for by a form, made by the worker that reads.

1. The row is the wish. A worker makes it at Google before it reads the account, and writes down the id or the problem.
2. Google knows no key by which a repeated wish is recognised, but takes each name once: a worker that died after Google
   made it finds the name taken, and the reading that follows shows the action.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connections import asking
from app.connections.models import AdAccount, ConversionAction, WantedAction
from app.core import events
from app.core.clock import utc_now
from app.core.errors import InvalidInputError, NotFoundError, PermanentError
from app.core.events import Actor
from app.core.money import CURRENCIES, to_major, to_minor
from app.core.words import gettext as _
from app.integrations.google.ads_actions import CATEGORIES, COUNTINGS, MOST_DAYS, ActionMaker, NewAction


@dataclass(frozen=True)
class Wish:
    """What a member asks for; `value` as typed, in the ad account's currency."""

    name: str
    category: str
    counting_type: str
    click_window_days: int
    value: str


def want(session: Session, connection_id: uuid.UUID, account_id: uuid.UUID, wish: Wish, *, actor: Actor) -> None:
    """Ask for it. Raises NotFoundError, InvalidInputError with the field's sentence, and as `asking.ask_again`."""
    account = session.scalars(
        select(AdAccount).where(
            AdAccount.id == account_id, AdAccount.connection_id == connection_id, AdAccount.is_chosen
        )
    ).one_or_none()
    if account is None:
        raise NotFoundError(_("There is no such ad account."))
    session.add(_checked(account, wish))
    events.record(session, "connection.action_wanted", actor=actor, connection_id=str(connection_id))
    asking.ask_again(session, connection_id)


def make_wanted(session: Session, maker: ActionMaker, connection_id: uuid.UUID) -> None:
    """Make at Google what was asked for; the caller commits. Raises as the maker does when Google does not answer."""
    rows = session.execute(
        select(WantedAction, AdAccount)
        .join(AdAccount, AdAccount.id == WantedAction.ad_account_id)
        .where(AdAccount.connection_id == connection_id, WantedAction.made_at.is_(None), WantedAction.problem == "")
        .order_by(WantedAction.asked_at)
    )
    for wanted, account in rows:
        try:
            wanted.google_id = maker.make(
                account.conversion_customer_id, account.login_customer_id, _new(wanted, account)
            )
            wanted.made_at = utc_now()
        except PermanentError as error:
            wanted.problem = error.sentence


def date_made(session: Session, connection_id: uuid.UUID) -> None:
    """Tell the actions that were read when they were made: Google takes no reports in their first six hours."""
    rows = session.execute(
        select(ConversionAction, WantedAction.made_at)
        .join(WantedAction, WantedAction.google_id == ConversionAction.google_id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .where(AdAccount.connection_id == connection_id, ConversionAction.made_at.is_(None))
    )
    for action, made_at in rows:
        action.made_at = made_at


def _checked(account: AdAccount, wish: Wish) -> WantedAction:
    name = wish.name.strip()
    if not 1 <= len(name) <= 100:
        raise _invalid("name", _("Give it a name of at most 100 characters."))
    if wish.category not in CATEGORIES or wish.counting_type not in COUNTINGS:
        raise _invalid("category", _("Choose from the list."))
    if not 1 <= wish.click_window_days <= MOST_DAYS:
        raise _invalid("click_window_days", _("Enter between 1 and 90 days."))
    if account.currency not in CURRENCIES:
        raise _invalid("value", _("Leader cannot report values in %(currency)s yet.", currency=account.currency))
    try:
        minor = to_minor(wish.value or "0", account.currency)
    except ValueError as error:
        raise _invalid("value", str(error)) from None
    return WantedAction(
        ad_account_id=account.id,
        name=name,
        category=wish.category,
        counting_type=wish.counting_type,
        click_window_days=wish.click_window_days,
        value_minor=minor,
    )


def _new(wanted: WantedAction, account: AdAccount) -> NewAction:
    return NewAction(
        name=wanted.name,
        category=wanted.category,
        counting_type=wanted.counting_type,
        click_window_days=wanted.click_window_days,
        value=float(to_major(wanted.value_minor, account.currency)),
        currency=account.currency,
    )


def _invalid(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, fields={field: sentence})
