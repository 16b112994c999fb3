"""Links that were mailed to prove who reads an address."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id


class MailedLink(Base):
    """One link: its token is in the mail alone, its hash is here. No company owns it, since a person has one address
    for all of theirs. The product only adds rows; using one goes through a gate.

    `confirm` proves that the user reads `email`; `allow` lets the reader of the old address agree to `email`; `reset`
    lets the reader choose a new password (of nobody, when nobody has the address: see `resetting.ask`).
    """

    __tablename__ = "mailed_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('confirm', 'allow', 'reset')", name="purpose"),
        Index("ix_mailed_links_user", "user_id"),
        Index("ix_mailed_links_expires", "expires_at"),
        data_of("member", purpose="security", keep="mailed_link", in_archive=False, restore=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[bytes] = mapped_column(unique=True, info=holds("secret"))
    purpose: Mapped[str] = mapped_column(info=holds("technical"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(info=holds("contact"))
    used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
