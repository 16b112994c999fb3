"""Notifications, and what each member wants to be told of."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class Notification(CompanyOwned, Base):
    """One thing that one member was told of, once: an event leads to at most one for each person."""

    __tablename__ = "notifications"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "user_id"], ["members.company_id", "members.user_id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        UniqueConstraint("company_id", "event_id", "user_id"),
        Index("ix_notifications_newest", "company_id", "user_id", "created_at", "id"),
        Index("ix_notifications_unread", "company_id", "user_id", postgresql_where=text("read_at IS NULL")),
        Index("ix_notifications_lead", "company_id", "lead_id"),
        Index("ix_notifications_created", "created_at"),
        data_of("lead", purpose="leads", keep="notification", in_archive=False, restore=False),
    )

    user_id: Mapped[uuid.UUID]
    event_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(info=holds("business"))
    lead_id: Mapped[uuid.UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("content", in_pack=False))
    """What its sentence needs besides the lead's name, such as the title of a task."""
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class NotificationChoice(CompanyOwned, Base):
    """What one member wants. A kind is told unless it stands on a list; a member without a row wants the default."""

    __tablename__ = "notification_choices"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "user_id"], ["members.company_id", "members.user_id"], ondelete="CASCADE"),
        UniqueConstraint("company_id", "user_id"),
        CheckConstraint("digest IN ('none', 'daily', 'weekly')", name="digest"),
        Index("ix_notification_choices_due", "digest_due_at", postgresql_where=text("digest <> 'none'")),
        data_of("member", purpose="account", keep="account", in_archive=False, restore=False),
    )

    user_id: Mapped[uuid.UUID]
    no_mail: Mapped[list[str]] = mapped_column(default=list, info=holds("business"))
    no_bell: Mapped[list[str]] = mapped_column(default=list, info=holds("business"))
    digest: Mapped[str] = mapped_column(default="weekly", info=holds("business"))
    digest_due_at: Mapped[datetime] = mapped_column(default=utc_now)
    told_until: Mapped[datetime] = mapped_column(default=utc_now)
    """Where the last digest ended."""
    unsubscribe_key: Mapped[str] = mapped_column(unique=True, info=holds("secret"))
    """Stands in the links that end mail; it opens nothing else, and is in each mail, so it is kept as it is."""
