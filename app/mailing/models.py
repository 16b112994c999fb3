"""The mail outbox."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id


class Mail(Base):
    """One mail to one person.

    Some belong to no company, such as a new password for somebody who is not signed in; so the row is nobody's by its
    key, and row-level security shows a company its own. The product may only add rows: claiming and settling go
    through gates. What a mail said is forgotten as soon as it is sent or given up.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'sending', 'sent', 'failed')", name="state"),
        Index("ix_mails_due", "due_at", postgresql_where=text("state IN ('pending', 'sending')")),
        Index("ix_mails_newest", "company_id", "id"),
        Index("ix_mails_settled", "settled_at"),
        Index("ix_mails_address", text("lower(recipient)"), "created_at"),
        data_of("member", purpose="service", keep="mail", in_archive=False, restore=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    company_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    template: Mapped[str] = mapped_column(info=holds("business"))
    """The name of its texts in templates/email."""
    recipient: Mapped[str] = mapped_column(info=holds("contact"))
    language: Mapped[str] = mapped_column(default="en", info=holds("technical"))
    values: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("secret"))
    unsubscribe: Mapped[str] = mapped_column(default="", info=holds("secret"))
    """The path that ends mails of this kind; empty for those that a person cannot do without."""
    state: Mapped[str] = mapped_column(default="pending", info=holds("technical"))
    reason: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """What the mail server last objected to."""
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
