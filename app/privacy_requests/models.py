"""Requests about somebody's own data, and the log of each."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned

KINDS = ("access", "correct", "erase", "restrict", "object", "complain")
OPEN = ("open", "paused")


class PrivacyRequest(CompanyOwned, Base):
    """Somebody asks about their data. It counts from the day it was received, once its e-mail address is confirmed.

    unconfirmed ─the mailed link─▶ open ⇄ paused (waits for the person) ─▶ answered | refused
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        CheckConstraint("kind IN ('access', 'correct', 'erase', 'restrict', 'object', 'complain')", name="kind"),
        CheckConstraint("law IN ('gdpr', 'uk', 'ccpa')", name="law"),
        CheckConstraint("state IN ('unconfirmed', 'open', 'paused', 'answered', 'refused')", name="state"),
        UniqueConstraint("token_hash"),
        Index("ix_privacy_requests_due", "company_id", "due_on", postgresql_where=text("state IN ('open', 'paused')")),
        Index("ix_privacy_requests_newest", "company_id", "received_at", "id"),
        data_of("visitor", purpose="rights", keep="request", restore=False),
    )

    reference: Mapped[str] = mapped_column(info=holds("business"))
    kind: Mapped[str] = mapped_column(info=holds("business"))
    law: Mapped[str] = mapped_column(info=holds("technical"))
    state: Mapped[str] = mapped_column(default="unconfirmed", info=holds("technical"))
    name: Mapped[str] = mapped_column(info=holds("identity"))
    email: Mapped[str] = mapped_column(info=holds("contact"))
    phone: Mapped[str] = mapped_column(default="", info=holds("contact"))
    message: Mapped[str] = mapped_column(default="", info=holds("content"))
    language: Mapped[str] = mapped_column(default="en", info=holds("technical"))
    token_hash: Mapped[bytes] = mapped_column(info=holds("secret"))
    """Of the link that was mailed: it confirms the address, and shows the person how far their request is."""
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    confirmed_at: Mapped[datetime | None]
    due_on: Mapped[date]
    acknowledge_on: Mapped[date | None]
    extended_at: Mapped[datetime | None]
    paused_on: Mapped[date | None]
    paused_days: Mapped[int] = mapped_column(default=0)
    settled_at: Mapped[datetime | None]


class PassedRequest(Base):
    """A request of somebody who does not know the company, until each company that holds the address has it.

    Only the gates of `gates.py` reach it. Once it is passed on, nothing in it says who asked.
    """

    __tablename__ = "passed_requests"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_passed_requests_email", text("lower(email)"), "asked_at"),
        data_of("visitor", purpose="rights", keep="passed_request", in_archive=False),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(info=holds("business"))
    name: Mapped[str] = mapped_column(info=holds("identity"))
    email: Mapped[str] = mapped_column(info=holds("contact"))
    language: Mapped[str] = mapped_column(info=holds("technical"))
    token_hash: Mapped[bytes] = mapped_column(info=holds("secret"))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    passed_at: Mapped[datetime | None]


class PrivacyRequestEntry(CompanyOwned, Base):
    """One line of a request's log. Append-only: the product's database role may neither change nor delete it."""

    __tablename__ = "privacy_request_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "request_id"], ["privacy_requests.company_id", "privacy_requests.id"], ondelete="CASCADE"
        ),
        Index("ix_privacy_request_entries_request", "company_id", "request_id", "id"),
        data_of("visitor", purpose="rights", keep="request", restore=False),
    )

    request_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(info=holds("business"))
    """received, confirmed, or what the desk did: asked, resumed, extended, answered, refused."""
    text: Mapped[str] = mapped_column(default="", info=holds("content"))
    """What was written to the person."""
    actor_name: Mapped[str] = mapped_column(default="", info=holds("identity", in_pack=False))
    at: Mapped[datetime] = mapped_column(default=utc_now)
