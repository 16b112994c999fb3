"""Reads of mappings, uploads and receipts."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.connections.models import AdAccount, Connection, ConversionAction
from app.conversions import standing
from app.conversions.models import ConversionMapping, ConversionUpload, ReceiptEntry
from app.conversions.receipts import Receipt, compose
from app.core.errors import NotFoundError
from app.core.pagination import PAGE_SIZE, Position
from app.core.words import gettext as _
from app.leads.models import Lead, Stage


class MappingRow(NamedTuple):
    id: uuid.UUID
    stage: str
    action: str
    account: str
    value_rule: str
    value_minor: int
    currency: str
    percent: int
    needs_consent: bool
    channels: list[str]
    is_past_asked: bool


class ActionChoice(NamedTuple):
    id: uuid.UUID
    name: str
    account: str
    currency: str


class UploadRow(NamedTuple):
    id: uuid.UUID
    lead_id: uuid.UUID
    lead_name: str
    lead_email: str
    action: str
    state: str
    reason: str
    version: int
    value_minor: int
    currency: str
    deadline_at: datetime | None
    created_at: datetime


FILTERS: dict[str, tuple[str, ...]] = {
    "waiting": ("pending", "waiting", "sending"),
    "asked": ("sent",),
    "held": ("held",),
    "accepted": ("accepted",),
    "not-counted": ("rejected", "parked"),
    "not-sent": ("skipped",),
}
"""What the list can be narrowed to, by the word in its address."""


def mappings(session: Session) -> list[MappingRow]:
    """The active mappings, in the order of the stages."""
    rows = session.execute(
        select(
            ConversionMapping.id,
            Stage.name,
            ConversionAction.name,
            AdAccount.name,
            ConversionMapping.value_rule,
            ConversionMapping.value_minor,
            ConversionMapping.currency,
            ConversionMapping.percent,
            ConversionMapping.needs_consent,
            ConversionMapping.channels,
            ConversionMapping.past_asked_at.is_not(None),
        )
        .join(Stage, Stage.id == ConversionMapping.stage_id)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .where(ConversionMapping.is_active)
        .order_by(Stage.position, ConversionMapping.id)
    )
    return [MappingRow(*row) for row in rows]


def action_choices(session: Session) -> list[ActionChoice]:
    """The conversion actions of chosen ad accounts whose connection works, as Google told them last."""
    rows = session.execute(
        select(ConversionAction.id, ConversionAction.name, AdAccount.name, AdAccount.currency)
        .join(AdAccount, AdAccount.id == ConversionAction.ad_account_id)
        .join(Connection, Connection.id == AdAccount.connection_id)
        .where(
            AdAccount.is_chosen,
            Connection.state == "active",
            AdAccount.read_at >= Connection.accounts_read_at,
            ConversionAction.read_at >= AdAccount.read_at,
        )
        .order_by(AdAccount.name, ConversionAction.name)
    )
    return [ActionChoice(*row) for row in rows]


def uploads_page(session: Session, after: Position | None, kind: str = "") -> tuple[list[UploadRow], Position | None]:
    """A page of uploads, the newest first, and the position after which the next page starts. `kind`: of FILTERS."""
    query = (
        select(
            ConversionUpload.id,
            ConversionUpload.lead_id,
            Lead.name,
            Lead.email,
            ConversionAction.name,
            ConversionUpload.state,
            ConversionUpload.reason,
            ConversionUpload.version,
            ConversionUpload.value_minor,
            ConversionUpload.currency,
            ConversionUpload.deadline_at,
            ConversionUpload.created_at,
        )
        .join(Lead, Lead.id == ConversionUpload.lead_id)
        .join(ConversionMapping, ConversionMapping.id == ConversionUpload.mapping_id)
        .join(ConversionAction, ConversionAction.id == ConversionMapping.conversion_action_id)
        .order_by(ConversionUpload.created_at.desc(), ConversionUpload.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if kind in FILTERS:
        query = query.where(ConversionUpload.state.in_(FILTERS[kind]))
    if after:
        query = query.where(tuple_(ConversionUpload.created_at, ConversionUpload.id) < (after.at, after.id))
    rows = [UploadRow(*tuple(row)) for row in session.execute(query)]
    page = rows[:PAGE_SIZE]
    return page, Position(page[-1].created_at, page[-1].id) if len(rows) > PAGE_SIZE else None


def upload(session: Session, upload_id: uuid.UUID) -> ConversionUpload:
    """Raises NotFoundError, also for another company's upload."""
    found = session.scalars(select(ConversionUpload).where(ConversionUpload.id == upload_id)).one_or_none()
    if found is None:
        raise NotFoundError(_("There is no such conversion."))
    return found


def receipt(session: Session, upload_id: uuid.UUID) -> Receipt:
    """The receipt of one upload. Raises NotFoundError."""
    return _receipts(session, [upload(session, upload_id)])[0]


def lead_receipts(session: Session, lead_id: uuid.UUID) -> list[Receipt]:
    """All receipts of a lead, the newest first."""
    query = select(ConversionUpload).where(ConversionUpload.lead_id == lead_id).order_by(ConversionUpload.id.desc())
    return _receipts(session, session.scalars(query).all())


def _receipts(session: Session, uploads: Sequence[ConversionUpload]) -> list[Receipt]:
    if not uploads:
        return []
    entries: dict[uuid.UUID, list[ReceiptEntry]] = {found.id: [] for found in uploads}
    query = select(ReceiptEntry).where(ReceiptEntry.upload_id.in_(entries)).order_by(ReceiptEntry.position)
    for entry in session.scalars(query):
        entries[entry.upload_id].append(entry)
    return [compose(found, entries[found.id], can_try_out=standing.may_try_out(session, found)) for found in uploads]
