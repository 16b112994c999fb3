"""Rows of the table as strings: all words are made here, so that the template has only to put them in their
places."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from markupsafe import Markup

from app.core.money import format_money
from app.core.template_filters import ago, local_time
from app.leads.gates import LeadRow, StageRow


class Row(NamedTuple):
    """One row, ready to be written. `address` is the lead's page; `stages` the options of its choice of
    stage."""

    address: str
    title: str
    contact: str
    is_test: bool
    channel: str
    source: str
    stages: Markup
    value: str
    arrived: str
    arrived_exact: str


def rows(leads: Iterable[LeadRow], stages: Sequence[StageRow], *, time_zone: str, address: str) -> list[Row]:
    """The rows of these leads; `address` is that of the table."""
    options = stage_options(tuple(stages))
    return [
        Row(
            address=f"{address}/{lead.id}",
            title=title(lead.name, lead.email, lead.phone),
            contact=_contact(lead),
            is_test=lead.is_test,
            channel=lead.channel,
            source=lead.source_words,
            stages=options[lead.stage_id],
            value="" if lead.value_minor is None else format_money(lead.value_minor, lead.currency),
            arrived=ago(lead.created_at),
            arrived_exact=local_time(lead.created_at, time_zone),
        )
        for lead in leads
    ]


@lru_cache(maxsize=256)
def stage_options(stages: tuple[StageRow, ...]) -> Mapping[UUID, Markup]:
    """For each stage the options of a select in which that stage is chosen. An option's value is its text."""
    option = Markup("<option{}>{}")
    return {
        chosen.id: Markup("").join(
            option.format(" selected" if stage is chosen else "", stage.name) for stage in stages
        )
        for chosen in stages
    }


def title(name: str, email: str, phone: str) -> str:
    """What the lead is called: by name, else by how to reach them."""
    return name or email or phone or "No name given"


def _contact(lead: LeadRow) -> str:
    if not lead.name:
        return lead.phone if lead.email else ""
    return f"{lead.email} · {lead.phone}" if lead.email and lead.phone else lead.email or lead.phone
