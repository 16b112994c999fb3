"""Requests to support, what was written about them, and the files that came along."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id

STATES = ("unconfirmed", "open", "answered", "closed")


class SupportRequest(Base):
    """A question to the people of Leader. It belongs to a company if somebody signed in asked it, else to nobody.

    unconfirmed ─the mailed link, for the signed-out─▶ open ⇄ answered ─▶ closed. Row-level security shows it to its own
    company, to whoever holds the mailed link, and to the desk.
    """

    __tablename__ = "support_requests"
    __table_args__ = (
        CheckConstraint("state IN ('unconfirmed', 'open', 'answered', 'closed')", name="state"),
        UniqueConstraint("token_hash"),
        Index("ix_support_requests_open", "state", "updated_at", "id"),
        Index("ix_support_requests_company", "of_company", "id"),
        data_of("member", purpose="support", keep="support", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    of_company: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID | None]
    reference: Mapped[str] = mapped_column(info=holds("business"))
    state: Mapped[str] = mapped_column(default="unconfirmed", info=holds("technical"))
    name: Mapped[str] = mapped_column(info=holds("identity"))
    email: Mapped[str] = mapped_column(info=holds("contact"))
    subject: Mapped[str] = mapped_column(info=holds("content"))
    language: Mapped[str] = mapped_column(default="en", info=holds("technical"))
    token_hash: Mapped[bytes] = mapped_column(info=holds("secret"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class SupportMessage(Base):
    """One message of a thread. Append-only."""

    __tablename__ = "support_messages"
    __table_args__ = (
        CheckConstraint("side IN ('person', 'staff')", name="side"),
        Index("ix_support_messages_request", "request_id", "id"),
        data_of("member", purpose="support", keep="support", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("support_requests.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(info=holds("technical"))
    author_name: Mapped[str] = mapped_column(info=holds("identity"))
    body: Mapped[str] = mapped_column(info=holds("content"))
    at: Mapped[datetime] = mapped_column(default=utc_now)


class SupportFile(Base):
    """A file on a thread, sealed. Append-only; it goes with the thread."""

    __tablename__ = "support_files"
    __table_args__ = (
        CheckConstraint("side IN ('person', 'staff')", name="side"),
        Index("ix_support_files_request", "request_id", "id"),
        data_of("member", purpose="support", keep="support", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("support_requests.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(info=holds("technical"))
    name: Mapped[str] = mapped_column(info=holds("content"))
    size: Mapped[int]
    """Bytes, before it was sealed."""
    wrapped_key: Mapped[str] = mapped_column(info=holds("secret"))
    sealed_key: Mapped[str] = mapped_column(info=holds("secret"))
    content: Mapped[bytes] = mapped_column(info=holds("content"))
    at: Mapped[datetime] = mapped_column(default=utc_now)
