"""Mappings: which stage is reported to which conversion action, and with what value."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.attribution.channels import CHANNELS
from app.connections.models import AdAccount, Connection, ConversionAction
from app.conversions import queries
from app.conversions.models import ConversionMapping
from app.core.errors import InvalidInputError, NotFoundError
from app.core.events import Event
from app.core.money import CURRENCIES, to_minor
from app.core.words import gettext as _
from app.leads.models import Stage

VALUE_RULES = ("fixed", "lead", "percent")
MOST_PERCENT = 1000


@dataclass(frozen=True)
class Wish:
    """What a person asks of a rule. `value` as typed, in the ad account's currency; no channels: from all."""

    value: str
    value_rule: str = "fixed"
    percent: int = 100
    needs_consent: bool = False
    channels: Sequence[str] = ()


def add(session: Session, *, stage_id: uuid.UUID, action_id: uuid.UUID, wish: Wish) -> ConversionMapping:
    """Report the stage to the action from now on.

    Raises InvalidInputError with the field's sentence. Leads that stand in the stage already are left alone.
    """
    currency = _currency(session, action_id)
    if session.scalar(select(Stage.id).where(Stage.id == stage_id, Stage.archived_at.is_(None))) is None:
        raise _invalid("stage_id", _("Choose a stage from the list."))
    mapping = ConversionMapping(stage_id=stage_id, conversion_action_id=action_id, currency=currency)
    _fill(mapping, wish)
    try:
        with session.begin_nested():
            session.add(mapping)
    except IntegrityError:
        raise _invalid("action_id", _("This stage is reported to that conversion already.")) from None
    return mapping


def change(session: Session, mapping_id: uuid.UUID, wish: Wish) -> ConversionMapping:
    """Another value or other conditions from now on; what is planned stays as it was. Raises as `add`, and
    NotFoundError."""
    mapping = _active(session, mapping_id)
    _fill(mapping, wish)
    session.flush()
    return mapping


def _fill(mapping: ConversionMapping, wish: Wish) -> None:
    if wish.value_rule not in VALUE_RULES:
        raise _invalid("value_rule", _("Choose one of the three."))
    if not 1 <= wish.percent <= MOST_PERCENT:
        raise _invalid("percent", _("Enter a percentage between 1 and 1000."))
    if not set(wish.channels) <= set(CHANNELS):
        raise _invalid("channels", _("Choose sources from the list."))
    try:
        mapping.value_minor = to_minor(wish.value, mapping.currency)
    except ValueError as error:
        raise _invalid("value", str(error)) from None
    mapping.value_rule, mapping.percent = wish.value_rule, wish.percent
    mapping.needs_consent, mapping.channels = wish.needs_consent, list(wish.channels)


def _invalid(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, fields={field: sentence})


def remove(session: Session, mapping_id: uuid.UUID) -> None:
    """Stop reporting. Uploads that are planned already still go out. Raises NotFoundError."""
    _active(session, mapping_id).is_active = False


def _active(session: Session, mapping_id: uuid.UUID) -> ConversionMapping:
    mapping = session.scalars(
        select(ConversionMapping).where(ConversionMapping.id == mapping_id, ConversionMapping.is_active)
    ).one_or_none()
    if mapping is None:
        raise NotFoundError(_("There is no such rule."))
    return mapping


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


def end_of_stage_for_event(session: Session, event: Event) -> None:
    """Rules end with the stage that they report: it is archived. What is planned already still goes out."""
    session.execute(
        update(ConversionMapping)
        .where(ConversionMapping.is_active, ConversionMapping.stage_id == uuid.UUID(str(event.data["stage_id"])))
        .values(is_active=False)
        .execution_options(synchronize_session=False)
    )


def _currency(session: Session, action_id: uuid.UUID) -> str:
    """Holds the ad account's choice until the transaction ends, so that a rule and another choice meet in order."""
    session.execute(
        select(AdAccount.id)
        .join(ConversionAction, ConversionAction.ad_account_id == AdAccount.id)
        .join(Connection, Connection.id == AdAccount.connection_id)
        .where(ConversionAction.id == action_id)
        .with_for_update(read=True, of=[AdAccount, Connection])
    )
    offered = {action.id: action.currency for action in queries.action_choices(session)}
    currency = offered.get(action_id)
    if currency is None:
        raise _invalid("action_id", _("Choose a conversion from the list."))
    if currency not in CURRENCIES:
        raise _invalid("action_id", _("Leader cannot report values in %(currency)s yet.", currency=currency))
    return currency
