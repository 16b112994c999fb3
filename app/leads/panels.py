"""Panels: what other features show on the page of a lead.

Leads stand below the features that know about journeys, consent and receipts, so those cannot be imported
here. The factory installs one table of functions (`app/lead_panels.py`); each says what it has to show about
a lead.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask import g
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Panel:
    """A template and its named inputs, to which `time_zone`, `may_write`, `role` and `user_id` are added. `main` is the
    wide column, `side` the narrow one."""

    template: str
    data: Mapping[str, Any]
    place: Literal["main", "side"] = "main"


PanelSource = Callable[[Session, uuid.UUID], Panel | None]

_sources: Sequence[PanelSource] = ()


def install(sources: Sequence[PanelSource]) -> None:
    """Name who has panels, in the order in which they are shown. Called once, by the factory."""
    global _sources
    _sources = sources


def keep_typed(place: str, typed: Any) -> None:
    """A refused form of a panel, or its values, for the page that this same request answers with."""
    g.setdefault("typed_into_panels", {})[place] = typed


def typed(place: str) -> Any | None:
    return g.get("typed_into_panels", {}).get(place)


def of_lead(session: Session, lead_id: uuid.UUID) -> list[Panel]:
    """The panels of a lead; features that have nothing to show are left out."""
    return [panel for source in _sources if (panel := source(session, lead_id)) is not None]
