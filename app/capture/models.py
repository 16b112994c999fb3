"""Capture sources, the inbox of raw bodies, and the consent that came with a lead."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class CaptureSource(CompanyOwned, Base):
    """A website (or form) that sends leads. Its site key stands in web pages and is no secret."""

    __tablename__ = "capture_sources"

    name: Mapped[str]
    site_key: Mapped[str] = mapped_column(unique=True)
    """Looked up before the company is known, through the gate function `open_capture`."""
    notice: Mapped[str]
    """The words about privacy that stand above the form's button; copied to each lead's consent record."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class InboxItem(CompanyOwned, Base):
    """What arrived, as it arrived. The client's event id makes a repeated sending harmless."""

    __tablename__ = "inbox_items"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "lead_id"],
            ["leads.company_id", "leads.id"],
            ondelete="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        UniqueConstraint("company_id", "capture_source_id", "client_event_id"),
        Index("ix_inbox_items_lead", "company_id", "lead_id"),
    )

    capture_source_id: Mapped[uuid.UUID]
    client_event_id: Mapped[str]
    body: Mapped[dict[str, Any]]
    ip_address: Mapped[str] = mapped_column(default="")
    user_agent: Mapped[str] = mapped_column(default="")
    lead_id: Mapped[uuid.UUID]
    received_at: Mapped[datetime] = mapped_column(default=utc_now)


class Consent(CompanyOwned, Base):
    """What the visitor allowed, with the words that were shown. The newest row of a lead counts."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        CheckConstraint("ad_user_data IN ('granted', 'denied', 'unknown')", name="ad_user_data"),
        CheckConstraint("ad_personalization IN ('granted', 'denied', 'unknown')", name="ad_personalization"),
        Index("ix_consents_lead", "company_id", "lead_id", "id"),
    )

    lead_id: Mapped[uuid.UUID]
    ad_user_data: Mapped[str]
    ad_personalization: Mapped[str]
    way: Mapped[str]
    """How it was given: the website's consent choice, or none was seen."""
    wording: Mapped[str]
    """The words about privacy that our own form showed; empty where the visitor saw a shop's own words."""
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
