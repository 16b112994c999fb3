"""What acknowledging asks of the database beside the models."""

import uuid
from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.tenancy import company_of
from app.legal.models import PolicyAcknowledgement
from app.legal.versions import Version

_SEEN = cast(Table, PolicyAcknowledgement.__table__)


def remember_once(session: Session, user_id: uuid.UUID, version: Version, way: str) -> None:
    """The person has seen the version; of two clicks at the same moment the second adds nothing."""
    row = insert(_SEEN).values(
        company_id=company_of(session),
        user_id=user_id,
        policy=version.policy,
        day=version.day,
        sha256=version.sha256,
        way=way,
    )
    session.execute(row.on_conflict_do_nothing())
