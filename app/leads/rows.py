"""Rows of the table as HTML texts: all words are made and escaped here, so that the template has only to put them
in their places.

A table is read far more often than its leads change. So the texts of a row are remembered under all that they are made
of, and a lead that changed is simply another row; only how long ago it arrived is said anew each time.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from markupsafe import Markup, escape

from app.core.money import format_money
from app.core.template_filters import ages, local_time
from app.core.words import gettext as _
from app.core.words import known, language
from app.leads.gates import LeadRow, StageRow


class Row(NamedTuple):
    """One row, ready to be written: each text is HTML, escaped. `address` is the lead's page; `stages` the options of
    its choice of stage."""

    address: str
    title: str
    contact: str
    channel: str
    source: str
    value: str
    arrived_exact: str
    sign: str
    """What marks a lead that does not count: a test or a sample."""
    stages: Markup
    arrived: str


_BETWEEN = "\0"
"""Stands between texts: PostgreSQL cannot store it, so none contains it."""
_MOST = 8_192
"""How many rows a process remembers, the latest used: some 8 MB."""


def rows(leads: Sequence[LeadRow], stages: Sequence[StageRow], *, time_zone: str, address: str) -> list[Row]:
    """The rows of these leads; `address` is that of the table."""
    options, code = stage_options(tuple(stages)), language()
    arrived = ages(lead.created_at for lead in leads)
    return [
        Row._make((*_texts(lead, time_zone, address, code), options[lead.stage_id], escape(age)))
        for lead, age in zip(leads, arrived, strict=True)
    ]


@lru_cache(_MOST)
def _texts(lead: LeadRow, time_zone: str, address: str, _language: str) -> tuple[str, ...]:
    """The texts of a row up to its sign, in the order of its fields, in the language of now. Escaping one long text
    takes a fraction of the time of its parts one by one."""
    texts = (
        f"{address}/{lead.id}",
        title(lead.name, lead.email, lead.phone),
        _contact(lead),
        known(lead.channel),
        lead.source_words,
        "" if lead.value_minor is None else format_money(lead.value_minor, lead.currency),
        local_time(lead.created_at, time_zone),
        _sign(lead),
    )
    return tuple(str(escape(_BETWEEN.join(texts))).split(_BETWEEN))


def _sign(lead: LeadRow) -> str:
    if lead.is_test:
        return _("Test")
    return _("Sample") if lead.is_demo else ""


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
    return name or email or phone or _("No name given")


def _contact(lead: LeadRow) -> str:
    if not lead.name:
        return lead.phone if lead.email else ""
    return f"{lead.email} · {lead.phone}" if lead.email and lead.phone else lead.email or lead.phone
