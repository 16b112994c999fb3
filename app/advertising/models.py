"""Costs by day and campaign, details of ad clicks, and the readings by which both are fetched.

Costs and clicks name the ad account by Google's number (`customer_id`) and not by a row of a connection, so that they
outlive a connection, two logins that reach one account bring one set of figures, and a file can bring them too.
"""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class AdCampaign(CompanyOwned, Base):
    """A campaign by its present name. `channel_type` is Google's word, such as SEARCH; empty from a file."""

    __tablename__ = "ad_campaigns"
    __table_args__ = (
        UniqueConstraint("company_id", "customer_id", "campaign_id"),
        data_of("company", purpose="attribution", keep="account", kind="business"),
    )

    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    campaign_id: Mapped[str] = mapped_column(info=holds("business"))
    name: Mapped[str] = mapped_column(info=holds("business"))
    channel_type: Mapped[str] = mapped_column(default="", info=holds("business"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class AdCost(CompanyOwned, Base):
    """What a campaign cost and brought on one day, in the ad account's own time zone and currency."""

    __tablename__ = "ad_costs"
    __table_args__ = (
        UniqueConstraint("company_id", "day", "customer_id", "campaign_id"),
        CheckConstraint("source IN ('api', 'file')", name="source"),
        CheckConstraint("cost_minor >= 0 AND clicks >= 0 AND impressions >= 0", name="amounts"),
        data_of("company", purpose="attribution", keep="account", kind="business"),
    )

    day: Mapped[date] = mapped_column(Date)
    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    campaign_id: Mapped[str] = mapped_column(info=holds("business"))
    cost_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(info=holds("business"))
    clicks: Mapped[int] = mapped_column(BigInteger)
    impressions: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(default="api", info=holds("business"))
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class AdClick(CompanyOwned, Base):
    """What Google tells about a lead's click id. Kept as long as the lead: Google forgets clicks after 90 days. Only
    clicks that brought a lead are kept; gbraid and wbraid are not told by Google."""

    __tablename__ = "ad_clicks"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        UniqueConstraint("company_id", "lead_id", "gclid"),
        Index("ix_ad_clicks_campaign", "company_id", "campaign_id", "day"),
        data_of("lead", purpose="attribution", keep="lead", kind="tracking"),
    )

    lead_id: Mapped[uuid.UUID]
    gclid: Mapped[str] = mapped_column(info=holds("tracking"))
    day: Mapped[date] = mapped_column(Date)
    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    campaign_id: Mapped[str] = mapped_column(info=holds("business"))
    campaign_name: Mapped[str] = mapped_column(info=holds("business"))
    ad_group_id: Mapped[str] = mapped_column(info=holds("business"))
    ad_group_name: Mapped[str] = mapped_column(info=holds("business"))
    keyword: Mapped[str] = mapped_column(info=holds("business"))
    """The keyword as the advertiser wrote it; empty where the campaign has none."""
    match_type: Mapped[str] = mapped_column(info=holds("business"))
    network: Mapped[str] = mapped_column(info=holds("business"))
    device: Mapped[str] = mapped_column(info=holds("business"))
    read_at: Mapped[datetime] = mapped_column(default=utc_now)


class AdReading(CompanyOwned, Base):
    """One question to Google: the costs of some days, the clicks of one, or what it says of the uploads. The row is the
    work and its progress."""

    __tablename__ = "ad_readings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "ad_account_id"], ["ad_accounts.company_id", "ad_accounts.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("company_id", "ad_account_id", "kind", "first_day"),
        CheckConstraint("kind IN ('costs', 'clicks', 'diagnosis')", name="kind"),
        CheckConstraint("state IN ('pending', 'done', 'failed')", name="state"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_ad_readings_due", "due_at", postgresql_where=text("state = 'pending'")),
        data_of("company", purpose="attribution", keep="connection", restore=False),
    )

    ad_account_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(info=holds("technical"))
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(default="pending", info=holds("technical"))
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    read_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Why the last try did not work, by Google's name of the reason."""


class CostFile(CompanyOwned, Base):
    """A file of costs that a member handed in: what it said, and whether it counts (see cost_files.py)."""

    __tablename__ = "cost_files"
    __table_args__ = (
        UniqueConstraint("company_id", "customer_id", "digest"),
        CheckConstraint("state IN ('seen', 'used', 'undone')", name="state"),
        CheckConstraint("last_day >= first_day", name="days"),
        Index("ix_cost_files_newest", "company_id", "uploaded_at", "id"),
        data_of("company", purpose="attribution", keep="account", kind="business"),
    )

    name: Mapped[str] = mapped_column(info=holds("business"))
    digest: Mapped[str] = mapped_column(info=holds("technical"))
    """Over the bytes and how they were to be read: the same file again is this row."""
    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    currency: Mapped[str] = mapped_column(info=holds("business"))
    state: Mapped[str] = mapped_column(default="seen", info=holds("business"))
    columns: Mapped[dict[str, Any]] = mapped_column(info=holds("business"))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, info=holds("business"))
    """What each campaign cost on each day."""
    refused: Mapped[list[Any]] = mapped_column(JSONB, info=holds("business"))
    """[line number, reason] of the first lines that were left out."""
    refused_number: Mapped[int]
    lines: Mapped[int]
    first_day: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date)
    uploaded_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    used_at: Mapped[datetime | None]


class AdDiagnosis(CompanyOwned, Base):
    """Google's own summary of the uploads to an ad account, one for each way of uploading, as it was told last."""

    __tablename__ = "ad_diagnoses"
    __table_args__ = (
        UniqueConstraint("company_id", "customer_id", "client"),
        data_of("company", purpose="conversions", keep="connection", kind="business", restore=False),
    )

    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    """The account that owns the conversion actions."""
    client: Mapped[str] = mapped_column(info=holds("business"))
    status: Mapped[str] = mapped_column(info=holds("business"))
    total: Mapped[int] = mapped_column(BigInteger)
    successful: Mapped[int] = mapped_column(BigInteger)
    pending: Mapped[int] = mapped_column(BigInteger)
    last_upload_at: Mapped[str] = mapped_column(info=holds("business"))
    """In the account's own zone, as Google writes it."""
    days: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, info=holds("business"))
    alerts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, info=holds("business"))
    read_at: Mapped[datetime] = mapped_column(default=utc_now)
