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
        CheckConstraint("value_rule IN ('fixed', 'lead', 'percent')", name="value_rule"),
        CheckConstraint("percent BETWEEN 1 AND 1000", name="percent"),
        Index("ix_conversion_mappings_past", "past_asked_at", postgresql_where=text("past_asked_at IS NOT NULL")),
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
    """`fixed`: always `value_minor`; `lead`: the lead's own value; `percent`: so much of it. While the lead has none:
    `value_minor`."""
    percent: Mapped[int] = mapped_column(default=100)
    value_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(info=holds("business"))
    needs_consent: Mapped[bool] = mapped_column(default=False)
    """Report only leads whose visitor said yes, wherever the company is."""
    channels: Mapped[list[str]] = mapped_column(default=list, info=holds("business"))
    """Report only leads from these channels; from all when empty."""
    is_active: Mapped[bool] = mapped_column(default=True)
    past_asked_at: Mapped[datetime | None]
    """Since when leads of the last 90 days are to be reported as well; none when that is done or was not asked."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ConversionUpload(CompanyOwned, Base):
    """One conversion, or one change of it, on its way to Google.

    The payload is frozen when the upload is planned and the transaction id never changes, so that sending the same
    again is harmless. A change (another value, a stage reopened) is a new version: a row of its own with the same
    transaction id, after which no older version is sent any more.

    A worker that claims the row moves `due_at` forward by the lease and raises `claim`; every later write of that
    worker names its claim, so that a worker that was thought dead cannot overwrite its successor.
    """

    __tablename__ = "conversion_uploads"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["company_id", "mapping_id"],
            ["conversion_mappings.company_id", "conversion_mappings.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("company_id", "lead_id", "mapping_id", "version"),
        UniqueConstraint("company_id", "transaction_id", "version"),
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
        Index("ix_conversion_uploads_state", "company_id", "state", "created_at", "id"),
        Index(
            "ix_conversion_uploads_deadline",
            "company_id",
            "deadline_at",
            postgresql_where=text("deadline_at IS NOT NULL AND state NOT IN ('accepted', 'sent')"),
        ),
        Index("ix_conversion_uploads_connection", "company_id", "connection_id", "due_at"),
        data_of("lead", purpose="conversions", keep="lead"),
    )

    lead_id: Mapped[uuid.UUID]
    mapping_id: Mapped[uuid.UUID]
    connection_id: Mapped[uuid.UUID]
    transaction_id: Mapped[str] = mapped_column(info=holds("tracking"))
    version: Mapped[int] = mapped_column(default=1)
    change: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Why this version was made; empty for the first."""
    occurred_at: Mapped[datetime] = mapped_column(default=utc_now)
    """When the lead reached the stage."""
    deadline_at: Mapped[datetime | None]
    """Until when Google takes it: the click's time and the conversion's window. None without a click."""
    value_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(default="", info=holds("business"))
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
    request_size: Mapped[int] = mapped_column(default=1)
    """How many events that request held."""
    request_limit: Mapped[int | None]
    """The largest request it may go out in, since Google refused a larger one; none: whatever Google takes."""
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
        UniqueConstraint("company_id", "upload_id", "position"),
        data_of("lead", purpose="conversions", keep="lead", kind="business"),
    )

    upload_id: Mapped[uuid.UUID]
    position: Mapped[int]
    hash: Mapped[bytes] = mapped_column(info=holds("technical"))
    """Over the entry and the hash of the one before it: see app/conversions/chain.py."""
    kind: Mapped[str] = mapped_column(info=holds("business"))
    """planned, polled, or the state that the upload moved to."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("tracking"))
    at: Mapped[datetime] = mapped_column(default=utc_now)


class OutboxPause(CompanyOwned, Base):
    """While it is there, nothing of the company is sent to Google. One at most."""

    __tablename__ = "outbox_pauses"
    __table_args__ = (
        UniqueConstraint("company_id"),
        data_of("company", purpose="conversions", keep="account", kind="business"),
    )

    paused_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    paused_at: Mapped[datetime] = mapped_column(default=utc_now)


class ConversionFile(CompanyOwned, Base):
    """A file for Google's own upload page: which conversions stood in it, and whether a member uploaded it."""

    __tablename__ = "conversion_files"
    __table_args__ = (
        CheckConstraint("kind IN ('clicks', 'leads', 'changes')", name="kind"),
        Index("ix_conversion_files_newest", "company_id", "made_at", "id"),
        data_of("company", purpose="conversions", keep="account", kind="business"),
    )

    kind: Mapped[str] = mapped_column(info=holds("business"))
    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    account: Mapped[str] = mapped_column(info=holds("business"))
    upload_ids: Mapped[list[str]] = mapped_column(info=holds("technical"))
    made_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
    uploaded_at: Mapped[datetime | None]
    uploaded_by_name: Mapped[str] = mapped_column(default="", info=holds("identity"))
