"""Recordings, who listened to them, and what is to be deleted at providers."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class CallRecording(CompanyOwned, Base):
    """A recording that a provider told of. States: heard (nothing can be fetched yet), due (to be fetched), kept,
    refused (may not be kept), failed (could not be fetched), deleted. What is due belongs to the claim it names."""

    __tablename__ = "call_recordings"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "call_id"], ["calls.company_id", "calls.id"], ondelete="CASCADE"),
        UniqueConstraint("company_id", "provider", "external_id"),
        CheckConstraint("state IN ('heard', 'due', 'kept', 'refused', 'failed', 'deleted')", name="state"),
        CheckConstraint("announced_by IN ('', 'provider', 'number')", name="announced_by"),
        Index("ix_call_recordings_call", "company_id", "call_id"),
        Index("ix_call_recordings_due", "due_at", postgresql_where=text("state = 'due'")),
        Index("ix_call_recordings_kept", "company_id", "kept_at", postgresql_where=text("state = 'kept'")),
        Index("ix_call_recordings_file", "file_name", postgresql_where=text("file_name <> ''")),
        data_of("lead", purpose="leads", keep="recording", restore=False),
    )

    call_id: Mapped[uuid.UUID]
    provider: Mapped[str] = mapped_column(info=holds("technical"))
    external_id: Mapped[str] = mapped_column(info=holds("tracking"))
    account: Mapped[str] = mapped_column(default="", info=holds("technical", in_archive=False))
    """Of the company at the provider, which asks for it when something is fetched or deleted."""
    remote_url: Mapped[str] = mapped_column(default="", info=holds("secret"))
    state: Mapped[str] = mapped_column(default="heard", info=holds("technical"))
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    announced_by: Mapped[str] = mapped_column(default="", info=holds("business"))
    """Why it may be kept: the provider said that an announcement was played, or the owner does for that number."""
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    file_name: Mapped[str] = mapped_column(default="", info=holds("technical", in_archive=False))
    sealed_key: Mapped[str] = mapped_column(default="", info=holds("secret"))
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    media_type: Mapped[str] = mapped_column(default="", info=holds("technical"))
    seconds: Mapped[int | None]
    peaks: Mapped[bytes] = mapped_column(default=b"", info=holds("technical", in_archive=False))
    """How loud it is along the way: one byte for each of up to 200 equal parts."""
    transcript: Mapped[str] = mapped_column(default="", info=holds("content"))
    kept_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by_name: Mapped[str] = mapped_column(default="", info=holds("identity", in_pack=False))


class RecordingListen(CompanyOwned, Base):
    """Somebody listened: one row per person, recording and hour, however often the player asks for a piece."""

    __tablename__ = "recording_listens"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "recording_id"], ["call_recordings.company_id", "call_recordings.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("company_id", "recording_id", "user_id", "hour"),
        data_of("lead", purpose="security", keep="recording", restore=False),
    )

    recording_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID]
    user_name: Mapped[str] = mapped_column(info=holds("identity", in_pack=False))
    hour: Mapped[datetime]


class RecordingDeletion(CompanyOwned, Base):
    """A recording that goes, here and at the provider, and what the provider answered. It outlives the recording and
    its lead and names nobody. States: due, done, by_hand (the provider lets nobody delete from outside), given_up."""

    __tablename__ = "recording_deletions"
    __table_args__ = (
        UniqueConstraint("company_id", "recording_id"),
        CheckConstraint("state IN ('due', 'done', 'by_hand', 'given_up')", name="state"),
        Index("ix_recording_deletions_due", "due_at", postgresql_where=text("state = 'due'")),
        Index("ix_recording_deletions_newest", "company_id", "asked_at", "id"),
        data_of("company", purpose="rights", keep="proof", restore=False),
    )

    recording_id: Mapped[uuid.UUID]
    provider: Mapped[str] = mapped_column(info=holds("technical"))
    external_id: Mapped[str] = mapped_column(info=holds("technical"))
    account: Mapped[str] = mapped_column(default="", info=holds("technical", in_archive=False))
    file_name: Mapped[str] = mapped_column(default="", info=holds("technical", in_archive=False))
    reason: Mapped[str] = mapped_column(info=holds("technical"))
    """asked, over (its days), erased (its lead)."""
    state: Mapped[str] = mapped_column(default="due", info=holds("technical"))
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    status: Mapped[int | None]
    """The provider's last answer."""
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]
