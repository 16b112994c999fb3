"""Grants of access to a company's leads."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class AccessGrant(CompanyOwned, Base):
    """The people of support may look at the company's leads, and change nothing, until `ends_at` or `ended_at`.

    The database itself asks for it: the role behind the desk's gates sees no lead without a row that lives.
    """

    __tablename__ = "access_grants"
    __table_args__ = (
        CheckConstraint("ends_at <= created_at + interval '7 days'", name="ends"),
        data_of("company", purpose="support", keep="account", restore=False),
    )

    granted_by: Mapped[uuid.UUID | None]
    granted_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When somebody of the company ended it before its time."""
