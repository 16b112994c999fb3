"""The entries of the security log."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class SecurityEntry(CompanyOwned, Base):
    """One line. Append-only and with a retention of its own: the product's database role may only add and read.

    That somebody looked at a lead is written once per person, lead and hour, which `hour` tells apart.
    """

    __tablename__ = "security_entries"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "lead_id"], ["leads.company_id", "leads.id"], ondelete="CASCADE"),
        Index("ix_security_entries_newest", "company_id", "id"),
        Index("ix_security_entries_user", "company_id", "user_id", "id"),
        Index("ix_security_entries_at", "at"),
        Index("uq_security_entries_look", "company_id", "lead_id", "user_id", "hour", unique=True),
        data_of("member", purpose="security", keep="security_log", kind="security log", erase="delete", restore=False),
    )

    kind: Mapped[str] = mapped_column(info=holds("security log"))
    """What happened: a key of `app/security/words.py`, or the type of an event."""
    user_id: Mapped[uuid.UUID | None]
    user_name: Mapped[str] = mapped_column(default="", info=holds("identity"))
    ip_address: Mapped[str] = mapped_column(default="", info=holds("tracking"))
    user_agent: Mapped[str] = mapped_column(default="", info=holds("tracking"))
    lead_id: Mapped[uuid.UUID | None]
    hour: Mapped[datetime | None]
    at: Mapped[datetime] = mapped_column(default=utc_now)
