"""Rows of the table as HTML texts: all words are made and escaped here, so that the template has only to put them
in their places.

A table is read far more often than its leads change. So what is drawn of a row is remembered (`pieces` in
core/pieces.py) under all that it is made of: the lead as it was read, and how long ago it arrived in words. A lead that
changed, or grew older by a day, is simply another row.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

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
    arrived: str
    stages: str


Item = tuple[Any, ...]
"""A lead as it was read, and after its fields how long ago it arrived, in words."""

_BETWEEN = "\0"
"""Stands between texts: PostgreSQL cannot store it, so none contains it."""


def items(leads: Sequence[LeadRow]) -> list[Item]:
    """What the template is given of these leads."""
    return [(*lead, age) for lead, age in zip(leads, ages(lead.created_at for lead in leads), strict=True)]


def rows(items: Iterable[Item], stages: Sequence[StageRow], time_zone: str, address: str) -> list[Row]:
    """The rows of these leads; `address` is that of the table."""
    options, code = stage_options(tuple(stages)), language()
    return [_row(LeadRow(*lead), age, options, time_zone, address, code) for *lead, age in items]


def _row(lead: LeadRow, age: str, options: Mapping[str, str], time_zone: str, address: str, code: str) -> Row:
    """Escaping one long text takes a fraction of the time of its parts one by one."""
    channel, value, sign = _common(code, lead.channel, lead.value_minor, lead.currency, lead.is_test, lead.is_demo)
    texts = (
        f"{address}/{lead.id}",
        title(lead.name, lead.email, lead.phone),
        _contact(lead),
        channel,
        lead.source_words,
        value,
        local_time(lead.created_at, time_zone),
        sign,
        age,
    )
    return Row._make((*str(escape(_BETWEEN.join(texts))).split(_BETWEEN), options.get(lead.stage_id, "")))


@lru_cache(maxsize=4_096)
def _common(
    _language: str, channel: str, minor: int | None, currency: str, is_test: bool, is_demo: bool
) -> tuple[str, str, str]:
    """What a row says in the words of many others: channel, value and sign, in the language of now."""
    value = "" if minor is None else format_money(minor, currency)
    return known(channel), value, _("Test") if is_test else _("Sample") if is_demo else ""


@lru_cache(maxsize=256)
def stage_options(stages: tuple[StageRow, ...]) -> Mapping[str, str]:
    """For each stage the options of a select in which that stage is chosen. An option's value is its text."""
    option = Markup("<option{}>{}")
    return {
        str(chosen.id): str(
            Markup("").join(option.format(" selected" if stage is chosen else "", stage.name) for stage in stages)
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
