"""Custom fields, and what they say of each lead.

A value is a row of its own rather than a key in a column of the lead: so a filter or a range over any field has an
index, the hot table of leads stays as narrow as it was, and the data map covers what people write there like any other
row (ADR 11).
"""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class CustomField(CompanyOwned, Base):
    """One question that the company asks of its leads. Archived it is asked no more; its answers stay."""

    __tablename__ = "custom_fields"
    __table_args__ = (
        Index("uq_custom_fields_name", "company_id", text("lower(name)"), unique=True),
        CheckConstraint("kind IN ('text', 'number', 'date', 'choice', 'yes_no')", name="kind"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        data_of("company", purpose="leads", keep="account", kind="business"),
    )

    name: Mapped[str] = mapped_column(info=holds("business"))
    kind: Mapped[str] = mapped_column(info=holds("business"))
    choices: Mapped[list[str]] = mapped_column(default=list, info=holds("business"))
    position: Mapped[int]
    is_required: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class CustomValue(CompanyOwned, Base):
    """What one field says of one lead; there is no row while it says nothing."""

    __tablename__ = "custom_values"
    __table_args__ = (
        UniqueConstraint("company_id", "lead_id", "field_id"),
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["company_id", "field_id"], ["custom_fields.company_id", "custom_fields.id"], ondelete="CASCADE"
        ),
        Index("ix_custom_values_value", "company_id", "field_id", "value", "lead_id"),
        Index(
            "ix_custom_values_number",
            "company_id",
            "field_id",
            "number",
            "lead_id",
            postgresql_where=text("number IS NOT NULL"),
        ),
        data_of("lead", purpose="leads", keep="lead"),
    )

    lead_id: Mapped[uuid.UUID]
    field_id: Mapped[uuid.UUID]
    value: Mapped[str] = mapped_column(info=holds("content"))
    """A text or choice as it is; a day as 2026-11-30; a number without grouping; yes or no."""
    number: Mapped[Decimal | None] = mapped_column(Numeric(20, 6), info=holds("content"))
    """The same as a number, for ranges."""
