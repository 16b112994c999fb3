"""The tables of the desk. The product's own database role has no right on them: `gates.py` reaches them instead."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id

MOST_REASON = 1000
"""Characters of why an account is to be deleted."""


class Staff(Base):
    """Somebody who works for Leader. `flask leader staff add` makes one; a password and a code open the desk."""

    __tablename__ = "staff"
    __table_args__ = (data_of("staff", purpose="support", keep="staff", in_archive=False),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(info=holds("contact"))
    name: Mapped[str] = mapped_column(info=holds("identity"))
    password_hash: Mapped[str] = mapped_column(info=holds("secret"))
    wrapped_key: Mapped[str] = mapped_column(info=holds("secret"))
    sealed_code_key: Mapped[str] = mapped_column(info=holds("secret"))
    """What their one-time codes are made of."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The time step of the last code used: none opens the desk twice."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


Index("uq_staff_email", func.lower(Staff.email), unique=True)


class StaffSession(Base):
    """One browser at the desk. The cookie holds a random token; the row holds its hash."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        data_of("staff", purpose="security", keep="staff_session", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(info=holds("secret"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]


class StaffEntry(Base):
    """One thing that somebody of the staff did. Append-only, and without a word about the customer: it outlives the
    account. What concerns a company also stands in that company's security log."""

    __tablename__ = "staff_entries"
    __table_args__ = (
        Index("ix_staff_entries_at", "at"),
        data_of("staff", purpose="security", keep="security_log", kind="security log", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[uuid.UUID]
    staff_name: Mapped[str] = mapped_column(info=holds("identity"))
    action: Mapped[str] = mapped_column(info=holds("security log"))
    of_company: Mapped[uuid.UUID | None]
    request_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime] = mapped_column(default=utc_now)


class StaffClosing(Base):
    """An account that its owner asked support to close: one of the staff asks for it, another confirms.

    asked ─another person of the staff─▶ confirmed, and the account is closed · asked ─anybody─▶ withdrawn
    """

    __tablename__ = "staff_closings"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'confirmed', 'withdrawn')", name="state"),
        CheckConstraint("state <> 'confirmed' OR settled_by <> asked_by", name="two"),
        Index("uq_staff_closings_asked", "of_company", unique=True, postgresql_where=text("state = 'asked'")),
        data_of("company", purpose="support", keep="account", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    of_company: Mapped[uuid.UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    request_id: Mapped[uuid.UUID]
    """The request to support by which the owner asked."""
    reason: Mapped[str] = mapped_column(info=holds("content"))
    state: Mapped[str] = mapped_column(default="asked", info=holds("technical"))
    asked_by: Mapped[uuid.UUID]
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    settled_by: Mapped[uuid.UUID | None]
    settled_at: Mapped[datetime | None]
