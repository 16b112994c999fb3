"""Conversion mappings, uploads and the entries of their receipts."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned

CLAIMABLE = ("pending", "waiting", "sending", "sent")


class ConversionMapping(CompanyOwned, Base):
    """When a lead reaches the stage, this conversion action is told, with this value."""

    __tablename__ = "conversion_mappings"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "stage_id"], ["stages.company_id", "stages.id"]),
        ForeignKeyConstraint(
            ["company_id", "conversion_action_id"],
            ["conversion_actions.company_id", "conversion_actions.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("value_rule IN ('fixed', 'lead')", name="value_rule"),
        Index(
            "uq_conversion_mappings_active",
            "company_id",
            "stage_id",
            "conversion_action_id",
            unique=True,
            postgresql_where=text("is_active"),
        ),
        data_of("company", purpose="conversions", keep="account", kind="business"),
    )

    stage_id: Mapped[uuid.UUID]
    conversion_action_id: Mapped[uuid.UUID]
    value_rule: Mapped[str] = mapped_column(default="fixed", info=holds("business"))
    """`fixed`: always `value_minor`; `lead`: the lead's own value, or `value_minor` while it has none."""
    value_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(info=holds("business"))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ConversionUpload(CompanyOwned, Base):
    """One conversion on its way to Google.

    The payload is frozen when the upload is planned and the transaction id never changes, so that sending the same
    again is harmless. A worker that claims the row moves `due_at` forward by the lease and raises `claim`; every later
    write of that worker names its claim, so that a worker that was thought dead cannot overwrite its successor.
    """

    __tablename__ = "conversion_uploads"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["company_id", "mapping_id"],
            ["conversion_mappings.company_id", "conversion_mappings.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("company_id", "lead_id", "mapping_id"),
        UniqueConstraint("company_id", "transaction_id"),
        CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'accepted', 'rejected', 'waiting', 'held', 'skipped', 'parked')",
            name="state",
        ),
        Index(
            "ix_conversion_uploads_due",
            "due_at",
            postgresql_where=text("state IN ('pending', 'waiting', 'sending', 'sent')"),
        ),
        Index("ix_conversion_uploads_newest", "company_id", "created_at", "id"),
        Index("ix_conversion_uploads_connection", "company_id", "connection_id"),
        data_of("lead", purpose="conversions", keep="lead"),
    )

    lead_id: Mapped[uuid.UUID]
    mapping_id: Mapped[uuid.UUID]
    connection_id: Mapped[uuid.UUID]
    transaction_id: Mapped[str] = mapped_column(info=holds("tracking"))
    state: Mapped[str] = mapped_column(
        default="pending",
        info=holds(
            "technical",
            on_import={"pending": "held", "sending": "held", "waiting": "held", "sent": "held"},
            in_pack=True,
        ),
    )
    reason: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Google's (or Leader's) name of the reason for the present state."""
    payload: Mapped[dict[str, Any]] = mapped_column(info=holds("tracking"))
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    """How many sendings were begun, also those that a crash or a cut line ended."""
    unclear: Mapped[int] = mapped_column(default=0)
    """Of these, how many may have reached Google: all but those that a worker knows to have been for nothing."""
    polls: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    request_id: Mapped[str] = mapped_column(default="", info=holds("technical"))
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ReceiptEntry(CompanyOwned, Base):
    """One line of an upload's receipt. Append-only: the product's database role may neither change nor delete it."""

    __tablename__ = "receipt_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "upload_id"],
            ["conversion_uploads.company_id", "conversion_uploads.id"],
            ondelete="CASCADE",
        ),
        Index("ix_receipt_entries_upload", "company_id", "upload_id", "id"),
        data_of("lead", purpose="conversions", keep="lead", kind="business"),
    )

    upload_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(info=holds("business"))
    """planned, polled, or the state that the upload moved to."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("tracking"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
