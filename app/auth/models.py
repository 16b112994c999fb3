"""Users, their memberships, the sessions of signed-in browsers, and the second step of signing in."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id
from app.core.tenancy import CompanyOwned


class User(Base):
    """A person who signs in. One user may be a member of several companies, so no company owns the row;
    row-level security shows a company its own members' rows only."""

    __tablename__ = "users"
    __table_args__ = (data_of("member", purpose="account", keep="account", restore=False),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(info=holds("contact"))
    name: Mapped[str] = mapped_column(info=holds("identity"))
    password_hash: Mapped[str] = mapped_column(info=holds("secret"))
    language: Mapped[str] = mapped_column(default="", info=holds("business"))
    """The code of the language that this person chose; empty when the browser decides."""
    email_confirmed_at: Mapped[datetime | None]
    """When the person proved to read the address. Several may claim one; who has confirmed it signs in with it."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


Index(
    "uq_users_email",
    func.lower(User.email),
    unique=True,
    postgresql_where=User.email_confirmed_at.is_not(None),
)
Index("ix_users_email", func.lower(User.email))


class Member(CompanyOwned, Base):
    """A user's place in a company: what they may do, and their role in their own words."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("company_id", "user_id"),
        CheckConstraint("role IN ('owner', 'admin', 'member', 'viewer')", name="role"),
        Index("ix_members_user", "user_id"),
        data_of("member", purpose="account", keep="account", kind="business", restore=False),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(info=holds("business"))
    job_title: Mapped[str] = mapped_column(default="", info=holds("identity"))
    sees_own_leads_only: Mapped[bool] = mapped_column(default=False, info=holds("business"))
    """Counts for the role "member" alone; the gate `open_session` reads it."""
    away_until: Mapped[date | None] = mapped_column(info=holds("business"))
    """The last day, in the company's zone, on which new leads pass them by."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SignInSession(CompanyOwned, Base):
    """One signed-in browser. The cookie holds a random token; the row holds its hash.

    It is read before the company is known, through the gate function `open_session`.
    """

    __tablename__ = "sign_in_sessions"
    __table_args__ = (
        Index("ix_sign_in_sessions_user", "user_id"),
        Index("ix_sign_in_sessions_expires", "expires_at"),
        data_of("member", purpose="security", keep="sign_in", kind="security log", in_archive=False, restore=False),
    )

    token_hash: Mapped[bytes] = mapped_column(unique=True, info=holds("secret"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    user_agent: Mapped[str] = mapped_column(default="", info=holds("tracking"))
    ip_address: Mapped[str] = mapped_column(default="", info=holds("tracking"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]


class SecondFactor(Base):
    """A person's authenticator app. It is asked for once `confirmed_at` says that the app gave a right code.

    It is the person's in all of their companies, so it has a key of its own; row-level security shows a company its
    own members' rows, as with the people themselves.
    """

    __tablename__ = "second_factors"
    __table_args__ = (data_of("member", purpose="security", keep="account", in_archive=False, restore=False),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    wrapped_key: Mapped[str] = mapped_column(info=holds("secret"))
    sealed_code_key: Mapped[str] = mapped_column(info=holds("secret"))
    """What the codes are made of."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The time step of the last code used: none is good twice."""
    recovery_marks: Mapped[list[str]] = mapped_column(default=list, info=holds("secret"))
    """Keyed hashes of the recovery codes that are left."""
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
