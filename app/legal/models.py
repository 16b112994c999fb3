"""Who has seen which version of a policy."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class PolicyAcknowledgement(CompanyOwned, Base):
    """A member has seen this version, whose bytes have this hash. Append-only."""

    __tablename__ = "policy_acknowledgements"
    __table_args__ = (
        UniqueConstraint("company_id", "user_id", "policy", "day"),
        CheckConstraint("way IN ('signed_up', 'notice')", name="way"),
        data_of("member", purpose="service", keep="account", restore=False),
    )

    user_id: Mapped[uuid.UUID]
    policy: Mapped[str] = mapped_column(info=holds("business"))
    day: Mapped[date]
    sha256: Mapped[str] = mapped_column(info=holds("technical"))
    way: Mapped[str] = mapped_column(info=holds("business"))
    """signed_up: they agreed by signing up; notice: they closed the notice in the product."""
    at: Mapped[datetime] = mapped_column(default=utc_now)
