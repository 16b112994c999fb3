"""Imports of leads, and the lines of their files."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.tenancy import CompanyOwned

ACTIVE = ("asked", "running", "undoing")


class LeadImport(CompanyOwned, Base):
    """One file of leads.

    read ─start─▶ asked ─claim─▶ running ─▶ done ─undo─▶ undoing ─▶ undone
      └ discarded                   └ the worker died: claimed again, goes on with the next piece
                                    └ five times without getting on ─▶ failed ─undo─▶ …

    Each piece is one transaction, which also counts it, so that a line is taken in once whatever dies. A worker that
    claims the row moves `due_at` forward by the lease and raises `claim`; each piece names its claim.
    """

    __tablename__ = "lead_imports"
    __table_args__ = (
        CheckConstraint(
            "state IN ('read', 'discarded', 'asked', 'running', 'done', 'failed', 'undoing', 'undone')", name="state"
        ),
        Index(
            "uq_lead_imports_active",
            "company_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'running', 'undoing')"),
        ),
        Index("ix_lead_imports_due", "due_at", postgresql_where=text("state IN ('asked', 'running', 'undoing')")),
        data_of("company", purpose="leads", keep="account", restore=False),
    )

    state: Mapped[str] = mapped_column(default="read", info=holds("business"))
    file_name: Mapped[str] = mapped_column(info=holds("business"))
    digest: Mapped[bytes] = mapped_column(info=holds("technical", in_archive=False))
    """SHA-256 of the file, by which one that comes a second time is known."""
    encoding: Mapped[str] = mapped_column(info=holds("technical"))
    delimiter: Mapped[str] = mapped_column(info=holds("technical"))
    heading: Mapped[list[str]] = mapped_column(info=holds("business"))
    fields: Mapped[list[str]] = mapped_column(info=holds("business"))
    """For each column the field that it fills, empty for none."""
    is_month_first: Mapped[bool] = mapped_column(default=False)
    """Whether 03/04/2026 is the fourth of March."""
    keeps_doubles: Mapped[bool] = mapped_column(default=False)
    """Whether people who are leads already come in once more."""
    is_waiting: Mapped[bool] = mapped_column(default=False)
    """Whether these people still wait for an answer."""
    lines_total: Mapped[int] = mapped_column(BigInteger, default=0)
    lines_done: Mapped[int] = mapped_column(BigInteger, default=0)
    leads_made: Mapped[int] = mapped_column(BigInteger, default=0)
    lines_refused: Mapped[int] = mapped_column(BigInteger, default=0)
    leads_removed: Mapped[int] = mapped_column(BigInteger, default=0)
    leads_kept: Mapped[int] = mapped_column(BigInteger, default=0)
    """Those that somebody had worked on before the import was undone."""
    asked_by: Mapped[uuid.UUID]
    asked_by_name: Mapped[str] = mapped_column(info=holds("identity"))
    claim: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    """Since the last piece that was done."""
    due_at: Mapped[datetime] = mapped_column(default=utc_now)
    problem: Mapped[str] = mapped_column(default="", info=holds("technical"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]


class ImportPiece(CompanyOwned, Base):
    """Some lines of a file: first all of them, as read; once they are done only those that were refused, and why.

    `body` is JSON: a list of [number of the line, its cells, and the reason if it was refused].
    """

    __tablename__ = "import_pieces"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "import_id"], ["lead_imports.company_id", "lead_imports.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("company_id", "import_id", "number"),
        Index("ix_import_pieces_old", "created_at"),
        data_of("company", purpose="leads", keep="import", restore=False),
    )

    import_id: Mapped[uuid.UUID]
    number: Mapped[int]
    is_done: Mapped[bool] = mapped_column(default=False)
    body: Mapped[bytes] = mapped_column(info=holds("content"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
