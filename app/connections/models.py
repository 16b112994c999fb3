"""Connections to Google Ads, attempts to make one, ad accounts and conversion actions."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class ConnectionAttempt(CompanyOwned, Base):
    """A trip to Google's consent page: single use, short-lived, bound to one signed-in browser."""

    __tablename__ = "connection_attempts"
    __table_args__ = (data_of("member", purpose="connections", keep="attempt", in_archive=False, restore=False),)

    state_hash: Mapped[bytes] = mapped_column(unique=True, info=holds("secret"))
    sign_in_session_id: Mapped[uuid.UUID]
    sealed_code_verifier: Mapped[str] = mapped_column(info=holds("secret"))
    expires_at: Mapped[datetime]


class Connection(CompanyOwned, Base):
    """One Google login that a member connected.

    Deleting it revokes access and erases the tokens; the row stays as proof. A login has one live connection.
    """

    __tablename__ = "connections"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'needs_reconnect', 'disconnecting', 'deleted')", name="state"),
        CheckConstraint(
            "state <> 'deleted' OR (sealed_refresh_token IS NULL AND sealed_access_token IS NULL)",
            name="erased",
        ),
        CheckConstraint("upload_api IN ('', 'data_manager')", name="upload_api"),
        Index("ix_connections_google_subject", "google_subject"),
        Index(
            "uq_connections_live",
            "company_id",
            "google_subject",
            unique=True,
            postgresql_where=text("state IN ('active', 'needs_reconnect')"),
        ),
        Index("ix_connections_due", "due_at", postgresql_where="state = 'disconnecting'"),
        data_of("member", purpose="connections", keep="connection"),
    )

    state: Mapped[str] = mapped_column(
        default="active", info=holds("technical", on_import={"active": "needs_reconnect", "disconnecting": "deleted"})
    )
    google_subject: Mapped[str] = mapped_column(info=holds("identity"))
    """Google's id of the person: the same login connected twice is one grant at Google."""
    google_email: Mapped[str] = mapped_column(info=holds("contact"))
    scopes: Mapped[list[str]] = mapped_column(info=holds("technical"))
    sealed_refresh_token: Mapped[str | None] = mapped_column(info=holds("secret"))
    sealed_access_token: Mapped[str | None] = mapped_column(info=holds("secret"))
    access_token_expires_at: Mapped[datetime | None]
    connected_by: Mapped[uuid.UUID]
    connected_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    connected_at: Mapped[datetime] = mapped_column(default=utc_now)
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Why it needs to be reconnected, in plain words."""
    accounts_asked_at: Mapped[datetime | None]
    """Since when a reading of the ad accounts is wanted; none when there is nothing to read."""
    accounts_read_at: Mapped[datetime | None]
    """When Google last told the ad accounts."""
    accounts_problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """What went wrong in the last reading, in plain words."""
    checked_at: Mapped[datetime | None]
    """When Leader last looked whether the permission still works."""
    check_problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """What the last look found, in plain words; empty when all was well."""
    reconciliation: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("technical"))
    """What followed the last reconnection: when (`at`), how many were sent on (`released`), how many had run out
    (`expired`)."""
    upload_api: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Through which of Google's interfaces conversions go. Empty: through that which the installation has chosen;
    `data_manager`: through this one for good, since Google refused the other."""
    disconnecting_at: Mapped[datetime | None]
    """When a member asked for the deletion: from then on nothing is sent."""
    due_at: Mapped[datetime | None]
    """When the revocation is tried (again)."""
    revoke_attempts: Mapped[int] = mapped_column(default=0)
    revoke_answer: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """What Google said to the revocation, in plain words."""
    revoked_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[uuid.UUID | None]
    deleted_by_name: Mapped[str] = mapped_column(default="", info=holds("identity"))


class AdAccount(CompanyOwned, Base):
    """An ad account (Google's customer) that a connection can reach."""

    __tablename__ = "ad_accounts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "connection_id"], ["connections.company_id", "connections.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("company_id", "connection_id", "customer_id"),
        Index("ix_ad_accounts_followed", "followed_at", postgresql_where=text("is_chosen")),
        data_of("company", purpose="connections", keep="connection", kind="business"),
    )

    connection_id: Mapped[uuid.UUID]
    customer_id: Mapped[str] = mapped_column(info=holds("business"))
    """Ten digits, no dashes."""
    login_customer_id: Mapped[str] = mapped_column(info=holds("business"))
    """Through which account access is had: a manager's id, or the account's own."""
    conversion_customer_id: Mapped[str] = mapped_column(info=holds("business"))
    """The account that owns the conversion actions: uploads go there."""
    name: Mapped[str] = mapped_column(info=holds("business"))
    currency: Mapped[str] = mapped_column(info=holds("business"))
    time_zone: Mapped[str] = mapped_column(info=holds("business"))
    auto_tagging: Mapped[bool | None]
    """The four below: how the account is set up for reporting; none while Google has not told."""
    accepted_terms: Mapped[bool | None]
    enhanced_conversions: Mapped[bool | None]
    tracking_status: Mapped[str] = mapped_column(default="", info=holds("business"))
    is_chosen: Mapped[bool] = mapped_column(default=False)
    read_at: Mapped[datetime] = mapped_column(default=utc_now)
    followed_at: Mapped[datetime | None]
    """When the readings of its costs and clicks were last planned."""


class ConversionAction(CompanyOwned, Base):
    """A conversion action of an ad account that takes uploads, as Google described it when last read."""

    __tablename__ = "conversion_actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "ad_account_id"], ["ad_accounts.company_id", "ad_accounts.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("company_id", "ad_account_id", "google_id"),
        data_of("company", purpose="connections", keep="connection", kind="business"),
    )

    ad_account_id: Mapped[uuid.UUID]
    google_id: Mapped[str] = mapped_column(info=holds("business"))
    name: Mapped[str] = mapped_column(info=holds("business"))
    category: Mapped[str] = mapped_column(info=holds("business"))
    counting_type: Mapped[str] = mapped_column(info=holds("business"))
    click_window_days: Mapped[int]
    made_at: Mapped[datetime | None]
    """When it was made through Leader: Google takes uploads six hours later."""
    read_at: Mapped[datetime] = mapped_column(default=utc_now)


class WantedAction(CompanyOwned, Base):
    """A conversion action that a member asked Leader to make in the ad account, and what came of it."""

    __tablename__ = "wanted_actions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "ad_account_id"], ["ad_accounts.company_id", "ad_accounts.id"], ondelete="CASCADE"
        ),
        Index("ix_wanted_actions_account", "company_id", "ad_account_id", "asked_at"),
        data_of("company", purpose="connections", keep="connection", kind="business", restore=False),
    )

    ad_account_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(info=holds("business"))
    category: Mapped[str] = mapped_column(info=holds("business"))
    counting_type: Mapped[str] = mapped_column(info=holds("business"))
    click_window_days: Mapped[int]
    value_minor: Mapped[int] = mapped_column(BigInteger)
    google_id: Mapped[str] = mapped_column(default="", info=holds("business"))
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Why Google did not make it, in plain words."""
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    made_at: Mapped[datetime | None]
