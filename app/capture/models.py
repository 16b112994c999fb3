"""Capture sources, the inbox of raw bodies, and the consent that came with a lead."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class CaptureSource(CompanyOwned, Base):
    """A website (or form) that sends leads. Its site key stands in web pages and is no secret."""

    __tablename__ = "capture_sources"
    __table_args__ = (
        CheckConstraint("kind IN ('website', 'lead_form', 'webhook')", name="kind"),
        Index("uq_capture_sources_hook", "company_id", "kind", unique=True, postgresql_where=text("kind <> 'website'")),
        data_of("company", purpose="leads", keep="account"),
    )

    name: Mapped[str] = mapped_column(info=holds("business"))
    site_key: Mapped[str] = mapped_column(unique=True, info=holds("business", on_import={"*": "new"}))
    """Looked up before the company is known, through the gate function `enter_by_site_key`."""
    kind: Mapped[str] = mapped_column(default="website", server_default="website", info=holds("business"))
    """A website with its forms, Google's lead form, or another program's webhook."""
    key_hash: Mapped[bytes | None] = mapped_column(info=holds("secret"))
    """Of the key that Google sends along with each lead."""
    mapping: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}", info=holds("business"))
    """For a webhook: what the paths of its messages are."""
    notice: Mapped[str] = mapped_column(info=holds("business"))
    """The words about privacy that stand above the form's button; copied to each lead's consent record."""
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class TagSighting(CompanyOwned, Base):
    """A page of the shop's website on which the tag or our form was seen: nothing is kept of who visited it."""

    __tablename__ = "tag_sightings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "capture_source_id"],
            ["capture_sources.company_id", "capture_sources.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("company_id", "capture_source_id", "path"),
        Index("ix_tag_sightings_newest", "company_id", "last_seen_at"),
        data_of("company", purpose="leads", keep="account", restore=False),
    )

    capture_source_id: Mapped[uuid.UUID]
    path: Mapped[str] = mapped_column(info=holds("business"))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class InboxItem(CompanyOwned, Base):
    """What arrived, byte for byte. The lead that is made of it takes over its id.

    The client's event id makes a repeated sending harmless. An item waits until it is taken in; a worker that claims it
    moves `due_at` forward by a lease. The product's database role may change nothing but this bookkeeping.
    """

    __tablename__ = "inbox_items"
    __table_args__ = (
        UniqueConstraint("company_id", "capture_source_id", "client_event_id"),
        CheckConstraint("kind IN ('json', 'form', 'lead_form', 'webhook')", name="kind"),
        Index("ix_inbox_items_due", "due_at", postgresql_where=text("taken_in_at IS NULL")),
        Index("ix_inbox_items_erased", "company_id", "client_event_id", postgresql_where=text("erased_at IS NOT NULL")),
        data_of("lead", purpose="leads", keep="lead"),
    )

    capture_source_id: Mapped[uuid.UUID]
    client_event_id: Mapped[str] = mapped_column(info=holds("technical"))
    kind: Mapped[str] = mapped_column(info=holds("technical"))
    body: Mapped[bytes] = mapped_column(info=holds("content"))
    ip_address: Mapped[str] = mapped_column(info=holds("tracking"))
    user_agent: Mapped[str] = mapped_column(info=holds("tracking"))
    received_at: Mapped[datetime]
    taken_in_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """The kind of error that the last try ended with."""
    erased_at: Mapped[datetime | None]
    """Since then the item is an empty tombstone: its event id is a mark, and nothing else is left."""


class Consent(CompanyOwned, Base):
    """What the visitor allowed, with the words that were shown. The newest row of a lead counts."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        CheckConstraint("ad_user_data IN ('granted', 'denied', 'unknown')", name="ad_user_data"),
        CheckConstraint("ad_personalization IN ('granted', 'denied', 'unknown')", name="ad_personalization"),
        Index("ix_consents_lead", "company_id", "lead_id", "id"),
        data_of("lead", purpose="consent", keep="lead", kind="business"),
    )

    lead_id: Mapped[uuid.UUID]
    ad_user_data: Mapped[str] = mapped_column(info=holds("business"))
    ad_personalization: Mapped[str] = mapped_column(info=holds("business"))
    way: Mapped[str] = mapped_column(info=holds("business"))
    """How it was given: the website's consent choice, or none was seen."""
    wording: Mapped[str] = mapped_column(info=holds("business"))
    """The words about privacy that our own form showed; empty where the visitor saw a shop's own words."""
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    """The day on which the person took it back; none for a choice that was made."""
    recorded_by_name: Mapped[str] = mapped_column(default="", info=holds("identity", in_pack=False))
    """The member who wrote a withdrawal down."""
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)
