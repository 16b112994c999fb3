"""Saved views of the table of leads."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class SavedView(CompanyOwned, Base):
    """What the table was narrowed to, under a name. It goes with the member who saved it."""

    __tablename__ = "saved_views"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "user_id"], ["members.company_id", "members.user_id"], ondelete="CASCADE"),
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        Index("ix_saved_views_user", "company_id", "user_id"),
        data_of("company", purpose="leads", keep="account", kind="business", restore=False),
    )

    user_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(info=holds("content"))
    asked: Mapped[dict[str, str]] = mapped_column(info=holds("business"))
    """Arguments of the table's address. What was searched for is not among them, since it may be somebody's name."""
    is_shared: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
