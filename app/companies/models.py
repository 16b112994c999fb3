"""The company and its wrapped data key."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id
from app.core.tenancy import CompanyOwned


class Company(Base):
    """The tenant. Row-level security lets a session see its own company only."""

    __tablename__ = "companies"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
        data_of("company", purpose="account", keep="account", kind="business"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(info=holds("identity"))
    time_zone: Mapped[str] = mapped_column(default="Europe/London", info=holds("business"))
    """An IANA name: for display and for day totals only."""
    currency: Mapped[str] = mapped_column(default="GBP", info=holds("business"))
    region: Mapped[str] = mapped_column(default="GB", info=holds("business"))
    """ISO 3166 country, by which phone numbers without a country code are read."""
    language: Mapped[str] = mapped_column(default="en", info=holds("business"))
    """The founder's: what is written down for the whole company is written in it."""
    attribution_model: Mapped[str] = mapped_column(
        default="last_non_direct", server_default="last_non_direct", info=holds("business")
    )
    """How reports share the credit for a lead, unless they are asked for another model."""
    is_in_statistics: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether its leads count in what Leader publishes about all companies together."""
    is_demo: Mapped[bool] = mapped_column(default=False, info=holds("technical"))
    getting_started_ended_at: Mapped[datetime | None]
    """When its people put the first steps away; until then the menu shows them."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    closed_at: Mapped[datetime | None]
    """Since when the account is closed: the gates let nobody and nothing in any more."""
    erase_at: Mapped[datetime | None]
    """When a closed company is erased for good; until then the owner may bring it back."""
    certificate_id: Mapped[uuid.UUID | None]
    """The number that the deletion certificate will have: random, and told to the owner in advance."""


class CompanyKey(CompanyOwned, Base):
    """The company's data key, wrapped by the master key. Deleting the row shreds every secret it sealed."""

    __tablename__ = "company_keys"
    __table_args__ = (
        UniqueConstraint("company_id"),
        data_of("company", purpose="security", keep="account", in_archive=False, restore=False),
    )

    wrapped_key: Mapped[str] = mapped_column(info=holds("secret"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
