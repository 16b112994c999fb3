"""What pages show of recordings: the picture of the sound, when it goes, and whether the reader may listen."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls import queries as call_queries
from app.calls.recordings import keeping, queries
from app.calls.recordings.listening import may_listen
from app.calls.recordings.queries import Shown
from app.core.clock import utc_now
from app.leads.models import Lead

HEIGHT = 64
_MIDDLE = HEIGHT // 2


@dataclass(frozen=True)
class Recordings:
    """The recordings of some calls, for one reader or another."""

    by_call: Mapping[uuid.UUID, Sequence[Shown]]
    rule: keeping.Rule
    now: datetime
    lead_owner_id: uuid.UUID | None
    everybody_listens: bool

    def may_listen(self, role: str, user_id: uuid.UUID) -> bool:
        return may_listen(role, user_id, self.lead_owner_id, everybody_listens=self.everybody_listens)

    def ends_at(self, shown: Shown) -> datetime | None:
        return self.rule.ends_at(shown.row.kept_at, self.now) if shown.row.kept_at else None


def of_calls(session: Session, call_ids: Iterable[uuid.UUID], lead_id: uuid.UUID | None) -> Recordings:
    """For calls of one lead, or of none."""
    settings = call_queries.settings(session)
    owner_id = session.scalar(select(Lead.owner_id).where(Lead.id == lead_id)) if lead_id else None
    return Recordings(
        queries.of_calls(session, call_ids),
        keeping.read(settings),
        utc_now(),
        owner_id,
        bool(settings and settings.everybody_listens),
    )


def wave(peaks: bytes) -> str:
    """The path of an SVG, one upright line for each part, as high as it is loud."""
    heights = [max(1, peak * (_MIDDLE - 2) // 255) for peak in peaks]
    return "".join(f"M{place} {_MIDDLE - height}v{2 * height}" for place, height in enumerate(heights))


def install(globals_: dict[str, Any]) -> None:
    """For the templates."""
    globals_.update(recording_wave=wave, recording_wave_height=HEIGHT)
