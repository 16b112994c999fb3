"""Reasons for losing a lead, and tasks."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class LostReason(CompanyOwned, Base):
    """Why leads are lost, in the company's own words. A reason in use is retired rather than deleted."""

    __tablename__ = "lost_reasons"
    __table_args__ = (
        Index("uq_lost_reasons_name", "company_id", text("lower(name)"), unique=True),
        CheckConstraint("length(name) BETWEEN 1 AND 80", name="name"),
        data_of("company", purpose="leads", keep="account", kind="business"),
    )

    name: Mapped[str] = mapped_column(info=holds("business"))
    position: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(default=False)


class Task(CompanyOwned, Base):
    """Something to do for a lead by a certain time. Reminded of once, when it is due."""

    __tablename__ = "tasks"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["company_id", "assignee_id"],
            ["members.company_id", "members.user_id"],
            ondelete="SET NULL (assignee_id)",
        ),
        CheckConstraint("length(title) BETWEEN 1 AND 200", name="title"),
        Index("ix_tasks_lead", "company_id", "lead_id", "due_at"),
        Index("ix_tasks_open", "company_id", "due_at", "id", postgresql_where=text("done_at IS NULL")),
        Index("ix_tasks_remind", "due_at", postgresql_where=text("done_at IS NULL AND reminded_at IS NULL")),
        data_of("lead", purpose="leads", keep="lead"),
    )

    lead_id: Mapped[uuid.UUID]
    title: Mapped[str] = mapped_column(info=holds("content"))
    assignee_id: Mapped[uuid.UUID | None]
    due_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    created_by_name: Mapped[str] = mapped_column(default="", info=holds("identity", in_pack=False))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
