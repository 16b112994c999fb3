"""What reports read: each day's figures by what they are asked about, and the days that must be counted anew."""

from datetime import date

from sqlalchemy import BigInteger, Date, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned


class DailyFigure(CompanyOwned, Base):
    """One day's figures for one answer to one question, such as the channel "Email" under the linear model.

    A day is that of the company's zone on which the leads arrived. Credits are millionths of leads; what needs no
    attribution (`model` is empty) counts whole leads in millionths too. Money is in minor units, of won leads only.
    """

    __tablename__ = "daily_figures"
    __table_args__ = (
        Index(
            "ix_daily_figures_question",
            "company_id",
            "dimension",
            "model",
            "day",
            postgresql_include=["key", "currency", "leads", "quotable", "won", "lost", "answered", "value_minor"],
        ),
        Index("ix_daily_figures_day", "company_id", "day"),
        data_of("company", purpose="attribution", keep="account", kind="business", restore=False),
    )

    day: Mapped[date] = mapped_column(Date)
    dimension: Mapped[str] = mapped_column(info=holds("business"))
    model: Mapped[str] = mapped_column(info=holds("business"))
    key: Mapped[str] = mapped_column(info=holds("business"))
    currency: Mapped[str] = mapped_column(info=holds("business"))
    leads: Mapped[int] = mapped_column(BigInteger)
    quotable: Mapped[int] = mapped_column(BigInteger)
    won: Mapped[int] = mapped_column(BigInteger)
    lost: Mapped[int] = mapped_column(BigInteger)
    answered: Mapped[int] = mapped_column(BigInteger)
    value_minor: Mapped[int] = mapped_column(BigInteger)


class DayDue(CompanyOwned, Base):
    """A day whose figures no longer agree with its leads. Written with the change, removed by the recount."""

    __tablename__ = "report_days_due"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["companies.id"], ondelete="CASCADE"),
        Index("ix_report_days_due_day", "company_id", "day"),
        data_of("nobody", purpose="service", keep="account", in_archive=False, restore=False),
    )

    day: Mapped[date] = mapped_column(Date)
