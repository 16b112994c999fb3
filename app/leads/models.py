"""Leads, their stages, the changes of stage, notes, and tags."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned

_SEARCH_TEXT = "lower(name || ' ' || email || ' ' || phone || ' ' || phone_e164 || ' ' || source_words)"


class Stage(CompanyOwned, Base):
    """A step on the way from new to won or lost. A company can rename its stages and add to them."""

    __tablename__ = "stages"
    __table_args__ = (
        UniqueConstraint("company_id", "name"),
        CheckConstraint("kind IN ('new', 'open', 'won', 'lost')", name="kind"),
        data_of("company", purpose="leads", keep="account", kind="business"),
    )

    name: Mapped[str] = mapped_column(info=holds("business"))
    kind: Mapped[str] = mapped_column(info=holds("business"))
    position: Mapped[int]
    colour: Mapped[str] = mapped_column(default="", info=holds("business"))
    archived_at: Mapped[datetime | None]
    """Since then no lead stands in it; what happened in it stays."""


class Lead(CompanyOwned, Base):
    """A person or firm that got in touch.

    `channel` and `source_words` say where the lead came from (its last touch that was not direct); they are
    copied from the touchpoints when the lead arrives, so that the table needs no join.
    """

    __tablename__ = "leads"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "stage_id"], ["stages.company_id", "stages.id"]),
        ForeignKeyConstraint(
            ["company_id", "owner_id"], ["members.company_id", "members.user_id"], ondelete="SET NULL (owner_id)"
        ),
        CheckConstraint("quotable IN ('pending', 'yes', 'no')", name="quotable"),
        Index("ix_leads_newest", "company_id", "created_at", "id"),
        Index("ix_leads_owner_newest", "company_id", "owner_id", "created_at", "id"),
        Index(
            "ix_leads_waiting",
            "company_id",
            "created_at",
            "id",
            postgresql_where=text("answered_at IS NULL AND NOT is_spam"),
        ),
        Index("ix_leads_channel_newest", "company_id", "channel", "created_at", "id"),
        Index("ix_leads_value", "company_id", "value_minor", postgresql_where=text("value_minor IS NOT NULL")),
        Index("ix_leads_stage_newest", "company_id", "stage_id", "created_at", "id"),
        Index("ix_leads_email", "company_id", text("lower(email)"), "created_at", postgresql_where=text("email <> ''")),
        Index("ix_leads_import", "company_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_leads_phone", "company_id", "phone_e164", "created_at", postgresql_where=text("phone_e164 <> ''")),
        Index(
            "ix_leads_search",
            "company_id",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"company_id": "uuid_ops", "search_text": "gin_trgm_ops"},
            postgresql_with={"gin_pending_list_limit": 256},
        ),
        data_of("lead", purpose="leads", keep="lead", kind="business"),
    )

    stage_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(default="", info=holds("identity"))
    email: Mapped[str] = mapped_column(default="", info=holds("contact"))
    phone: Mapped[str] = mapped_column(default="", info=holds("contact"))
    """As it was typed."""
    phone_e164: Mapped[str] = mapped_column(default="", info=holds("contact"))
    """The same in international form, empty when it cannot be read as a number."""
    message: Mapped[str] = mapped_column(default="", info=holds("content"))
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(info=holds("business"))
    channel: Mapped[str] = mapped_column(default="Direct", info=holds("business"))
    source_words: Mapped[str] = mapped_column(default="", info=holds("business", anonymise="coarsen"))
    is_test: Mapped[bool] = mapped_column(default=False)
    is_spam: Mapped[bool] = mapped_column(default=False)
    """Left out of the table unless it is asked for, and never reported."""
    spam_reasons: Mapped[list[str]] = mapped_column(default=list, server_default="[]", info=holds("technical"))
    """The signs that spoke for it, the heaviest first."""
    is_demo: Mapped[bool] = mapped_column(default=False, info=holds("business", is_made_up=True))
    owner_id: Mapped[uuid.UUID | None]
    """The user who answers for the lead; nobody yet when empty."""
    quotable: Mapped[str] = mapped_column(default="pending", server_default="pending", info=holds("business"))
    """Whether the lead is worth a quote, as far as somebody judged it."""
    lost_reason_id: Mapped[uuid.UUID | None]
    answered_at: Mapped[datetime | None]
    """When somebody first got back to the person: by saying so, or by moving the lead on from a new stage."""
    restricted_at: Mapped[datetime | None]
    """Since then the lead is frozen: kept, shown, and neither worked on nor reported."""
    import_id: Mapped[uuid.UUID | None]
    """The import that brought the lead, if one did."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    search_text: Mapped[str] = mapped_column(
        Computed(_SEARCH_TEXT, persisted=True), info=holds("contact", in_archive=False, in_pack=False)
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the name and type are SQLAlchemy's


class StageChange(CompanyOwned, Base):
    """One move of a lead from a stage to another."""

    __tablename__ = "stage_changes"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        Index("ix_stage_changes_lead", "company_id", "lead_id", "id"),
        Index("ix_stage_changes_reached", "company_id", "to_stage_id", "changed_at"),
        data_of("lead", purpose="leads", keep="lead", kind="business"),
    )

    lead_id: Mapped[uuid.UUID]
    from_stage_id: Mapped[uuid.UUID]
    to_stage_id: Mapped[uuid.UUID]
    changed_by: Mapped[uuid.UUID | None]
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    """The same moment as the lead's `answered_at`, when it was this change that answered it."""
    lost_reason_id: Mapped[uuid.UUID | None]
    """Why the lead was lost until this change, which took the reason off."""


class Note(CompanyOwned, Base):
    """What a member wrote about a lead."""

    __tablename__ = "notes"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        Index("ix_notes_lead", "company_id", "lead_id", "id"),
        data_of("lead", purpose="leads", keep="lead"),
    )

    lead_id: Mapped[uuid.UUID]
    author_id: Mapped[uuid.UUID]
    author_name: Mapped[str] = mapped_column(info=holds("identity", in_pack=False))
    body: Mapped[str] = mapped_column(info=holds("content"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class Tag(CompanyOwned, Base):
    """A word by which the company groups its leads."""

    __tablename__ = "tags"
    __table_args__ = (
        Index("uq_tags_name", "company_id", text("lower(name)"), unique=True),
        CheckConstraint("length(name) BETWEEN 1 AND 40", name="name"),
        data_of("company", purpose="leads", keep="account", kind="business"),
    )

    name: Mapped[str] = mapped_column(info=holds("content"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class LeadTag(CompanyOwned, Base):
    """A tag on a lead."""

    __tablename__ = "lead_tags"
    __table_args__ = (
        UniqueConstraint("company_id", "lead_id", "tag_id"),
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["company_id", "tag_id"], ["tags.company_id", "tags.id"], ondelete="CASCADE"),
        Index("ix_lead_tags_tag", "company_id", "tag_id", "lead_id"),
        data_of("lead", purpose="leads", keep="lead", kind="content"),
    )

    lead_id: Mapped[uuid.UUID]
    tag_id: Mapped[uuid.UUID]
