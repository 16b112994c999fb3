"""What was published: each quarter once, with the noise that was drawn for it and the budget that it spent."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id


class StatisticsRelease(Base):
    """The statistics of one quarter, and the entry of the privacy budget's ledger that paid for them.

    Append-only: noise that was drawn twice would wear off, so nothing is ever published anew. A quarter with too few
    companies has a release without tables that spent nothing.
    """

    __tablename__ = "statistics_releases"
    __table_args__ = (
        UniqueConstraint("quarter"),
        data_of("nobody", purpose="service", keep="proof", in_archive=False, at_end="keep"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    quarter: Mapped[str] = mapped_column(info=holds("business"))
    """2026-Q3."""
    first_on: Mapped[date]
    last_on: Mapped[date]
    epsilon_thousandths: Mapped[int]
    """How much of the year's privacy budget this release spent."""
    tables: Mapped[dict[str, Any]] = mapped_column(info=holds("business"))
    """Table, then its lines in order: {"channel": [["Email", 24], …]}, in whole per cent."""
    published_at: Mapped[datetime] = mapped_column(default=utc_now)
