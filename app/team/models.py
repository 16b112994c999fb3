"""Invitations into a company."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class Invitation(CompanyOwned, Base):
    """Somebody may join with this role until it expires. The token is in the mail alone, its hash is here; one
    invitation waits for each address at most, and it goes when it is accepted or taken back."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'member', 'viewer')", name="role"),
        Index("ix_invitations_expires", "expires_at"),
        data_of("member", purpose="account", keep="invitation", in_archive=False, restore=False),
    )

    email: Mapped[str] = mapped_column(info=holds("contact"))
    role: Mapped[str] = mapped_column(info=holds("business"))
    token_hash: Mapped[bytes] = mapped_column(unique=True, info=holds("secret"))
    invited_by: Mapped[str] = mapped_column(info=holds("identity"))
    """The name of whoever invited, as the mail says it."""
    inviter_id: Mapped[uuid.UUID | None]
    """Who that is: an invitation ends when they may invite no more."""
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


Index("uq_invitations_address", Invitation.company_id, func.lower(Invitation.email), unique=True)
