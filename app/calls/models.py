"""Calls, the company's tracking numbers, and what lets providers in."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_public_key
from app.core.tenancy import CompanyOwned


class CallSettings(CompanyOwned, Base):
    """One row for each company that ever switched calls on. Its lock lets one message in after the other."""

    __tablename__ = "call_settings"
    __table_args__ = (
        UniqueConstraint("company_id"),
        data_of("company", purpose="leads", keep="account", restore=False),
    )

    call_key: Mapped[str] = mapped_column(unique=True, default=new_public_key, info=holds("technical"))
    """Stands in the addresses that providers call; looked up through the gate function `enter_by_call_key`."""
    is_enabled: Mapped[bool] = mapped_column(default=False)
    keeps_recordings: Mapped[bool] = mapped_column(default=False)
    everybody_listens: Mapped[bool] = mapped_column(default=False)
    """False: owners, admins, and whose lead it is."""
    recording_days: Mapped[int] = mapped_column(default=90)
    recording_days_before: Mapped[int] = mapped_column(default=90)
    """What holds until `recording_days_from`."""
    recording_days_from: Mapped[datetime] = mapped_column(default=utc_now)


class CallProvider(CompanyOwned, Base):
    """A provider's secret, by which its messages are known to be its own."""

    __tablename__ = "call_providers"
    __table_args__ = (
        UniqueConstraint("company_id", "provider"),
        CheckConstraint("provider IN ('twilio', 'callrail', 'generic')", name="provider"),
        data_of("company", purpose="connections", keep="connection", restore=False),
    )

    provider: Mapped[str] = mapped_column(info=holds("technical"))
    sealed_secret: Mapped[str] = mapped_column(info=holds("secret"))
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    heard_at: Mapped[datetime | None]
    """When its last message came."""


class CallNumber(CompanyOwned, Base):
    """A telephone number that stands in one advertisement: who calls it came from there."""

    __tablename__ = "call_numbers"
    __table_args__ = (
        UniqueConstraint("company_id", "number_e164"),
        data_of("company", purpose="attribution", keep="account", kind="business"),
    )

    number_e164: Mapped[str] = mapped_column(info=holds("business"))
    source: Mapped[str] = mapped_column(info=holds("business"))
    medium: Mapped[str] = mapped_column(default="", info=holds("business"))
    campaign: Mapped[str] = mapped_column(default="", info=holds("business"))
    announced_since: Mapped[datetime | None]
    """Since when the company says that each caller of this number is told of the recording."""
    announced_by_name: Mapped[str] = mapped_column(default="", info=holds("identity"))


class Call(CompanyOwned, Base):
    """One call as its messages tell it. Numbers are in international form where they can be read."""

    __tablename__ = "calls"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["company_id", "callback_task_id"],
            ["tasks.company_id", "tasks.id"],
            ondelete="SET NULL (callback_task_id)",
        ),
        UniqueConstraint("company_id", "provider", "external_id"),
        CheckConstraint("direction IN ('', 'inbound', 'outbound')", name="direction"),
        CheckConstraint("outcome IN ('open', 'answered', 'missed')", name="outcome"),
        Index("ix_calls_newest", "company_id", "started_at", "id"),
        Index("ix_calls_outcome_newest", "company_id", "outcome", "started_at", "id"),
        Index("ix_calls_lead", "company_id", "lead_id", "started_at"),
        Index(
            "ix_calls_callback",
            "company_id",
            "callback_task_id",
            postgresql_where=text("callback_task_id IS NOT NULL"),
        ),
        data_of("lead", purpose="leads", keep="lead"),
    )

    lead_id: Mapped[uuid.UUID | None]
    """None while only a leg was heard of, and for callers who hide their number."""
    provider: Mapped[str] = mapped_column(info=holds("technical"))
    external_id: Mapped[str] = mapped_column(info=holds("tracking"))
    direction: Mapped[str] = mapped_column(default="", info=holds("business"))
    caller: Mapped[str] = mapped_column(default="", info=holds("contact"))
    called: Mapped[str] = mapped_column(default="", info=holds("contact"))
    source_words: Mapped[str] = mapped_column(default="", info=holds("business"))
    is_over: Mapped[bool] = mapped_column(default=False)
    was_answered: Mapped[bool | None]
    outcome: Mapped[str] = mapped_column(default="open", info=holds("business"))
    """Follows from the two above; for an outbound call `missed` means that nobody picked up."""
    seconds: Mapped[int | None]
    callback_task_id: Mapped[uuid.UUID | None]
    started_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    """When the provider told that this caller heard the announcement."""


class CallTombstone(CompanyOwned, Base):
    """A call of an erased lead, as a fingerprint under the company's key: a repeated message brings nothing back."""

    __tablename__ = "call_tombstones"
    __table_args__ = (
        UniqueConstraint("company_id", "fingerprint"),
        data_of("company", purpose="rights", keep="proof", in_archive=False, restore=False),
    )

    fingerprint: Mapped[str] = mapped_column(info=holds("technical"))
    erased_at: Mapped[datetime] = mapped_column(default=utc_now)
