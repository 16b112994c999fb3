"""What retention asks of the database by hand-written SQL."""

import uuid
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.tenancy import company_of
from app.retention.cells import Cell
from app.subjects.gates import TOTALS


def companies_with_rules(session: Session) -> list[uuid.UUID]:
    """Open accounts in which something may end."""
    return list(session.scalars(text("SELECT company_id FROM companies_with_retention()")))


def purge_messages(session: Session, before: datetime, most: int) -> int:
    """Delete up to `most` raw messages of the served company that became leads before; the number."""
    return int(
        session.execute(text("SELECT purge_inbox(:before, :most)"), {"before": before, "most": most}).scalar_one()
    )


def totals(session: Session) -> dict[Cell, int]:
    """What the served company's totals hold."""
    columns = [TOTALS.c[name] for name in Cell._fields]
    rows = session.execute(select(*columns, TOTALS.c.leads).where(TOTALS.c.company_id == company_of(session)))
    return {Cell(*row[:-1]): int(row[-1]) for row in rows}


def add(session: Session, cell: Cell, number: int) -> None:
    """So many more in the cell."""
    row = insert(TOTALS).values(company_id=company_of(session), id=new_id(), leads=number, **cell._asdict())
    more = {"leads": TOTALS.c.leads + row.excluded.leads}
    session.execute(row.on_conflict_do_update(constraint="uq_lead_totals_cell", set_=more))
