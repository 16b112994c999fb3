"""Mappings: which stage is reported to which conversion action, and with what value."""

import uuid

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.connections.models import AdAccount, Connection, ConversionAction
from app.conversions import queries
from app.conversions.models import ConversionMapping
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Event
from app.core.money import CURRENCIES, to_minor
from app.leads.models import Stage

VALUE_RULES = ("fixed", "lead")


def add(
    session: Session, *, stage_id: uuid.UUID, action_id: uuid.UUID, value: str, value_rule: str
) -> ConversionMapping:
    """Report the stage to the action from now on. `value` is what a person typed, in the ad account's currency.

    Raises InvalidInputError with the field's sentence. Leads that stand in the stage already are left alone.
    """
    currency = _currency(session, action_id)
    if session.scalar(select(Stage.id).where(Stage.id == stage_id)) is None:
        raise InvalidInputError("Choose a stage.", fields={"stage_id": "Choose a stage from the list."})
    if value_rule not in VALUE_RULES:
        raise InvalidInputError("Choose a value.", fields={"value_rule": "Choose one of the two."})
    try:
        value_minor = to_minor(value, currency)
    except ValueError as error:
        raise InvalidInputError("Check the value.", fields={"value": str(error)}) from None
    mapping = ConversionMapping(
        stage_id=stage_id,
        conversion_action_id=action_id,
        value_rule=value_rule,
        value_minor=value_minor,
        currency=currency,
    )
    session.add(mapping)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        sentence = "This stage is reported to that conversion already."
        raise InvalidInputError(sentence, fields={"action_id": sentence}) from None
    return mapping


def remove(session: Session, mapping_id: uuid.UUID) -> None:
    """Stop reporting. Uploads that are planned already still go out. Raises NotFoundError."""
    mapping = session.scalars(
        select(ConversionMapping).where(ConversionMapping.id == mapping_id, ConversionMapping.is_active)
    ).one_or_none()
    if mapping is None:
        raise NotFoundError("There is no such rule.")
    mapping.is_active = False


def end_unused_for_event(session: Session, _event: Event) -> None:
    """Rules end with the ad account that they report to: when its connection is deleted, or another one is chosen."""
    used = (
        select(ConversionAction.id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .join(Connection, Connection.id == AdAccount.connection_id)
        .where(AdAccount.is_chosen, Connection.state.in_(("active", "needs_reconnect")))
    )
    session.execute(
        update(ConversionMapping)
        .where(ConversionMapping.is_active, ConversionMapping.conversion_action_id.not_in(used))
        .values(is_active=False)
        .execution_options(synchronize_session=False)
    )


def _currency(session: Session, action_id: uuid.UUID) -> str:
    offered = {action.id: action.currency for action in queries.action_choices(session)}
    currency = offered.get(action_id)
    if currency is None:
        raise InvalidInputError("Choose a conversion.", fields={"action_id": "Choose a conversion from the list."})
    if currency not in CURRENCIES:
        sentence = f"Leader cannot report values in {currency} yet."
        raise InvalidInputError(sentence, fields={"action_id": sentence})
    return currency
