"""Exports that were asked for, and what became of them."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned

ACTIVE = ("asked", "running")


class Export(CompanyOwned, Base):
    """One export, from asking to the day its archive is deleted.

    asked ─claim─▶ running ─▶ ready ─after its days, or by hand─▶ expired
                     │  └ the worker died: claimed again, from the beginning
                     └ three times for nothing ─▶ failed

    A worker that claims the row moves `due_at` forward by the lease and raises `claim`; each later write names its
    claim, so that a worker that was thought dead cannot overwrite its successor.
    """

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'running', 'ready', 'failed', 'expired')", name="state"),
        Index(
            "uq_exports_active",
            "company_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'running')"),
        ),
        Index("ix_exports_due", "due_at", postgresql_where=text("state IN ('asked', 'running')")),
        Index("ix_exports_expires", "expires_at", postgresql_where=text("state = 'ready'")),
        Index("ix_exports_newest", "company_id", "asked_at", "id"),
        data_of("member", purpose="rights", keep="account", in_archive=False, restore=False),
    )

    state: Mapped[str] = mapped_column(default="asked", info=holds("technical"))
    asked_by: Mapped[uuid.UUID]
    asked_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    rows_done: Mapped[int] = mapped_column(BigInteger, default=0)
    rows_total: Mapped[int] = mapped_column(BigInteger, default=0)
    """Zero until they are counted."""
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """Why it failed: the kind of error."""
    file_name: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """In the folder of archives; empty while there is none."""
    sealed_key: Mapped[str] = mapped_column(default="", info=holds("secret"))
    """The archive's own key. Without it, or without the company's, the file cannot be read."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    downloads: Mapped[int] = mapped_column(default=0)
    """On the day `downloaded_on`."""
    downloaded_on: Mapped[date | None]
