"""Touchpoints: the visits that led to a lead, with what each brought along."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class Touchpoint(CompanyOwned, Base):
    """One visit (or the form itself, or a call). Raw values are kept as they arrived, click ids with their case."""

    __tablename__ = "touchpoints"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        CheckConstraint("kind IN ('visit', 'form', 'call')", name="kind"),
        Index("ix_touchpoints_lead", "company_id", "lead_id", "occurred_at"),
        Index(
            "ix_touchpoints_gclid",
            "company_id",
            "occurred_at",
            postgresql_where=text("(click_ids ->> 'gclid') IS NOT NULL"),
        ),
        data_of("lead", purpose="attribution", keep="lead", kind="tracking"),
    )

    lead_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(info=holds("business"))
    occurred_at: Mapped[datetime]
    landing_page: Mapped[str] = mapped_column(default="", info=holds("tracking", anonymise="coarsen"))
    referrer: Mapped[str] = mapped_column(default="", info=holds("tracking", anonymise="coarsen"))
    utm: Mapped[dict[str, str]] = mapped_column(default=dict, info=holds("business", anonymise="coarsen"))
    """The UTM values by their full names, such as utm_source."""
    click_ids: Mapped[dict[str, str]] = mapped_column(default=dict, info=holds("tracking"))
    """The advertising platforms' click ids by name, such as gclid."""
    channel: Mapped[str] = mapped_column(info=holds("business"))
    channel_reason: Mapped[str] = mapped_column(info=holds("tracking"))
    """Why this channel, in plain words: the rule and the evidence."""
    source_words: Mapped[str] = mapped_column(info=holds("business", anonymise="coarsen"))
