"""A report by one question: each answer with its leads, what became of them, and its share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.core.words import gettext as _
from app.core.words import known
from app.reports import words
from app.reports.costs import Spent
from app.reports.queries import Totals

MOST = 50
"""Answers shown; the rest stands together in one line."""


@dataclass(frozen=True)
class Line:
    """One answer, ready to be read. `width` is its bar, in thousandths of the longest."""

    label: str
    leads: str
    share: str
    quotable: str
    won: str
    win_rate: str
    value: str
    width: int
    cost: str = ""
    cost_per_lead: str = ""


@dataclass(frozen=True)
class Breakdown:
    lines: Sequence[Line]
    total: Line
    caution: str
    has_costs: bool = False


def questions() -> dict[str, tuple[str, str]]:
    """The questions that can be asked of touches: (name, words where a lead has no answer)."""
    return {
        "channel": (_("Channel"), _("Unassigned")),
        "source": (_("Source"), _("Came directly")),
        "campaign": (_("Campaign"), _("No campaign named")),
        "ad_group": (_("Ad group"), _("No ad group known")),
        "keyword": (_("Keyword"), _("No keyword named")),
        "landing_page": (_("First page seen"), _("No page known")),
    }


def in_words(question: str, key: str) -> str:
    """An answer for people: our own words in the reader's language, names as they are."""
    return (known(key) if question == "channel" else key) or questions()[question][1]


def break_down(
    answers: Mapping[str, Totals],
    *,
    currency: str,
    label: Callable[[str], str],
    order: Sequence[str] | None = None,
    costs: Mapping[str, Spent] | None = None,
) -> Breakdown:
    """The answers as lines: by leads, the most first, or in the given order of keys, the others after it. With `costs`,
    a campaign that cost money and brought nobody has its line too."""
    if costs:
        answers = {**{key: Totals() for key in costs}, **answers}
    together = Totals()
    for totals in answers.values():
        together.merge(totals)
    place = {key: number for number, key in enumerate(order or ())}
    keys = sorted(answers, key=lambda key: (place.get(key, len(place)), -answers[key].counts.leads, key))
    shown = [(label(key), answers[key], (costs or {}).get(key)) for key in keys[:MOST]]
    if len(keys) > MOST:
        rest = Totals()
        for key in keys[MOST:]:
            rest.merge(answers[key])
        shown.append((_("All others"), rest, _together(costs, keys[MOST:])))
    longest = max((totals.counts.leads for _name, totals, _cost in shown), default=0)
    lines = [_line(name, totals, together.counts.leads, longest, currency, cost) for name, totals, cost in shown]
    total = _line(_("All leads"), together, together.counts.leads, longest, currency, _together(costs, keys))
    return Breakdown(lines, total, words.thin(together.counts.leads), bool(costs))


def _together(costs: Mapping[str, Spent] | None, keys: Sequence[str]) -> Spent | None:
    """What these answers cost together."""
    if not costs:
        return None
    return sum((costs[key] for key in keys if key in costs), Spent({}))


def _line(label: str, totals: Totals, whole: int, longest: int, currency: str, cost: Spent | None = None) -> Line:
    counts = totals.counts
    return Line(
        label=label,
        leads=words.leads(counts.leads),
        share=words.share(counts.leads, whole),
        quotable=words.leads(counts.quotable),
        won=words.leads(counts.won),
        win_rate=words.share(counts.won, counts.won + counts.lost),
        value=words.money(totals.money, currency),
        width=min(1000, 1000 * counts.leads // longest) if longest else 0,
        cost=words.money(cost.money, currency) if cost else "",
        cost_per_lead=cost.per_lead(counts.leads, currency) if cost else "",
    )
