"""Leads that are gone: what the totals that they left behind add to reports, under the Monday of their cell."""

from collections import defaultdict
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.attribution.credit import MODELS, WHOLE
from app.leads import stages
from app.reports.figures import Cell, Sums
from app.subjects.models import LeadTotal


def on_day(session: Session, day: date) -> dict[Cell, Sums]:
    """The figures of all cells of the day: in all, by channel, and by stage, which is the first of its kind."""
    found: dict[Cell, Sums] = defaultdict(Sums)
    rows = session.scalars(select(LeadTotal).where(LeadTotal.week == day)).all()
    first_of_kind = {stage.kind: str(stage.id) for stage in reversed(stages.in_order(session))} if rows else {}
    for row in rows:
        sums = _sums(row)
        stage = first_of_kind.get(row.stage_kind, "")
        found[Cell("total", "", "", row.currency)].add(sums)
        found[Cell("stage", "", stage, row.currency)].add(sums)
        for model in MODELS:
            found[Cell("channel", model, row.channel, row.currency)].add(sums)
    return found


def _sums(row: LeadTotal) -> Sums:
    return Sums(
        leads=row.leads * WHOLE,
        quotable=row.quotable * WHOLE,
        won=row.leads * WHOLE if row.stage_kind == "won" else 0,
        lost=row.leads * WHOLE if row.stage_kind == "lost" else 0,
        answered=row.answered * WHOLE,
        value_minor=row.value_minor,
    )
