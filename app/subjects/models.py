"""Records of erasures, and the totals that stay when leads go."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned

REASONS = ("asked", "no_longer_needed", "mistake")


class Erasure(CompanyOwned, Base):
    """That a lead was erased: proof for the company, and a warning to backups. It says nothing about the person.

    Append-only: the product's database role may neither change nor delete it.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        UniqueConstraint("company_id", "lead_id"),
        CheckConstraint("reason IN ('asked', 'no_longer_needed', 'mistake')", name="reason"),
        data_of("company", purpose="rights", keep="account", restore=False),
    )

    lead_id: Mapped[uuid.UUID]
    """Opaque, and no longer the id of anything: by it a restored backup erases the lead again."""
    reason: Mapped[str] = mapped_column(info=holds("business"))
    rows: Mapped[dict[str, Any]] = mapped_column(info=holds("technical"))
    """How many rows went, by table."""
    recipients: Mapped[list[dict[str, str]]] = mapped_column(JSONB, info=holds("technical"))
    """Who had been told about the lead, and when: what could not be called back."""
    erased_by: Mapped[uuid.UUID | None]
    erased_by_name: Mapped[str] = mapped_column(default="", info=holds("identity"))
    erased_at: Mapped[datetime] = mapped_column(default=utc_now)


class LeadTotal(CompanyOwned, Base):
    """How many leads of a week, channel, stage and value are no longer there: what old reports count of them.

    Nothing leads from here to a person: no id, no time but the week, no value but its range.
    """

    __tablename__ = "lead_totals"
    __table_args__ = (
        UniqueConstraint(
            "company_id",
            "week",
            "channel",
            "campaign",
            "stage_kind",
            "value_bucket",
            "currency",
            name="uq_lead_totals_cell",
        ),
        data_of("nobody", purpose="attribution", keep="account", kind="business"),
    )

    week: Mapped[date]
    """Its Monday."""
    channel: Mapped[str] = mapped_column(info=holds("business"))
    campaign: Mapped[str] = mapped_column(default="", info=holds("business"))
    """Empty where too few leads share it to hide in."""
    stage_kind: Mapped[str] = mapped_column(info=holds("business"))
    value_bucket: Mapped[str] = mapped_column(info=holds("business"))
    currency: Mapped[str] = mapped_column(default="", server_default="", info=holds("business"))
    leads: Mapped[int]
    quotable: Mapped[int] = mapped_column(default=0, server_default="0")
    answered: Mapped[int] = mapped_column(default=0, server_default="0")
    value_minor: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    """Of those that were won, each rounded to two digits."""
