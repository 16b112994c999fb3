"""A company's retention rules, and leads that are kept whatever the rule says."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class RetentionRule(CompanyOwned, Base):
    """How long one kind of data is kept. A change is announced: it holds from `effective_at`, and can be undone until
    then."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        UniqueConstraint("company_id", "data_class"),
        CheckConstraint("data_class IN ('leads', 'messages')", name="data_class"),
        CheckConstraint("months BETWEEN 1 AND 120", name="months"),
        data_of("company", purpose="service", keep="account", kind="business"),
    )

    data_class: Mapped[str] = mapped_column(info=holds("business"))
    months: Mapped[int | None]
    """Nothing ends by itself while there is none."""
    months_before: Mapped[int | None]
    effective_at: Mapped[datetime]
    changed_by_name: Mapped[str] = mapped_column(default="", info=holds("identity"))


class LeadHold(CompanyOwned, Base):
    """A lead that stays, whatever the rule says: a member wants it kept."""

    __tablename__ = "lead_holds"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        UniqueConstraint("company_id", "lead_id"),
        data_of("lead", purpose="leads", keep="lead", kind="business", restore=False),
    )

    lead_id: Mapped[uuid.UUID]
    held_by_name: Mapped[str] = mapped_column(info=holds("identity", in_pack=False))
    held_at: Mapped[datetime] = mapped_column(default=utc_now)
