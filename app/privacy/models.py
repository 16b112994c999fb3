"""Deletion certificates, and the ledger of what was erased. Both outlive the companies that they speak of."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import utc_now
from app.core.data_map import data_of, holds
from app.core.db import Base
from app.core.ids import new_id


class DeletionCertificate(Base):
    """Proof that an account was erased: counts and times, nothing about anybody.

    The row is begun with the incineration and holds its progress; once it is signed the database lets nobody
    change it.
    """

    __tablename__ = "deletion_certificates"
    __table_args__ = (data_of("nobody", purpose="rights", keep="proof", in_archive=False, at_end="keep"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    company_id_until_done: Mapped[uuid.UUID | None]
    """Whose progress this is; forgotten when the certificate is signed."""
    closed_at: Mapped[datetime]
    begun_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict, info=holds("technical"))
    """Store, then part of it, then how many were deleted there: {"database": {"leads": 412}}."""
    document: Mapped[str] = mapped_column(default="", info=holds("technical"))
    """What is signed, byte for byte."""
    signature: Mapped[str] = mapped_column(default="", info=holds("technical"))
    public_key: Mapped[str] = mapped_column(default="", info=holds("technical"))


class LedgerEntry(Base):
    """Something that was erased and must not come back from a backup. It holds ids that mean nothing any more."""

    __tablename__ = "erasure_ledger"
    __table_args__ = (
        CheckConstraint("kind IN ('company', 'lead', 'user')", name="kind"),
        Index("ix_erasure_ledger_of_company", "of_company", "erased_at"),
        Index("ix_erasure_ledger_erased_at", "erased_at"),
        data_of("nobody", purpose="rights", keep="ledger", in_archive=False, at_end="keep"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(info=holds("technical"))
    of_company: Mapped[uuid.UUID]
    subject_id: Mapped[uuid.UUID]
    marks: Mapped[list[str]] = mapped_column(default=list, info=holds("technical"))
    """Keyed hashes of the person's e-mail address and phone number; the key is not in the database."""
    erased_at: Mapped[datetime] = mapped_column(default=utc_now)
