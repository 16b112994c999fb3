"""Rules of assignment, and whose turn it is in each."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class AssignmentRule(CompanyOwned, Base):
    """New leads that fit go to its members in turn. The first rule that fits and has somebody there decides."""

    __tablename__ = "assignment_rules"
    __table_args__ = (
        CheckConstraint("field IN ('any', 'channel', 'source', 'campaign')", name="field"),
        Index("ix_assignment_rules_order", "company_id", "position"),
        data_of("company", purpose="leads", keep="account", kind="business", restore=False),
    )

    position: Mapped[int]
    field: Mapped[str] = mapped_column(info=holds("business"))
    wanted: Mapped[str] = mapped_column(default="", info=holds("business"))
    """The channel itself, or a text that the source or the campaign contains; empty for any lead."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class AssignmentTurn(CompanyOwned, Base):
    """A member's place in a rule. Whoever waited longest is next."""

    __tablename__ = "assignment_turns"
    __table_args__ = (
        UniqueConstraint("company_id", "rule_id", "user_id"),
        ForeignKeyConstraint(
            ["company_id", "rule_id"], ["assignment_rules.company_id", "assignment_rules.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(["company_id", "user_id"], ["members.company_id", "members.user_id"], ondelete="CASCADE"),
        data_of("member", purpose="leads", keep="account", kind="business", restore=False),
    )

    rule_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID]
    given_at: Mapped[datetime | None]
    """When this rule gave them a lead last; not yet when empty."""
