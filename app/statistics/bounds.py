"""What may be published: pure rules, made for a crowd so small that each company is a secret of its own.

1. Each company has the same POINTS, however many leads it has, so that none weighs more than another, and noise that
   hides one company hides any.
2. A line needs at least LEAST_COMPANIES companies and LEAST_LEADS leads; of its leads no company has more than a
   quarter, and no two have half.
3. One hidden line could be told from the others; so the smallest of those is hidden with it.
4. Shares are those of the lines that are shown, so that no total tells of a hidden one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEAST_ACCOUNTS = 50
"""With fewer companies nothing is published at all."""
LEAST_OF_ONE = 10
"""A company with fewer leads than this takes no part: each of its leads would weigh too much."""
LEAST_COMPANIES, LEAST_LEADS = 10, 100
POINTS = 100
"""What one company adds to a table, in all lines together: the bound by which noise is measured."""

Leads = Mapping[str, int]
"""A company's leads by line."""


class Line(NamedTuple):
    key: str
    percent: int


@dataclass(frozen=True)
class Crowd:
    """Who is behind one line."""

    companies: int
    leads: int
    largest: int
    second: int

    @property
    def hides_everybody(self) -> bool:
        is_large = self.companies >= LEAST_COMPANIES and self.leads >= LEAST_LEADS
        return is_large and self.largest * 4 <= self.leads and (self.largest + self.second) * 2 < self.leads


def taking_part(accounts: Sequence[Leads]) -> Sequence[Leads]:
    """The companies that are counted; none when there are too few of them."""
    found = [leads for leads in accounts if sum(leads.values()) >= LEAST_OF_ONE]
    return found if len(found) >= LEAST_ACCOUNTS else []


def crowd(key: str, accounts: Sequence[Leads]) -> Crowd:
    shares = sorted((leads.get(key, 0) for leads in accounts), reverse=True)
    there = [share for share in shares if share]
    return Crowd(len(there), sum(there), *[*there, 0, 0][:2])


def points(leads: Leads, keys: Sequence[str]) -> list[int]:
    """One company's part of each line: POINTS in all, by largest remainders. Leads of other lines give none away."""
    total = sum(leads.get(key, 0) for key in keys)
    if total == 0:
        return [0] * len(keys)
    given = [divmod(leads.get(key, 0) * POINTS, total) for key in keys]
    whole = [each for each, _ in given]
    by_remainder = sorted(range(len(keys)), key=lambda place: (-given[place][1], place))
    for place in by_remainder[: POINTS - sum(whole)]:
        whole[place] += 1
    return whole


def shown(keys: Sequence[str], accounts: Sequence[Leads], sums: Sequence[int]) -> list[Line]:
    """The lines that may be published, of `sums` that carry their noise already."""
    hidden = {key for key in keys if not crowd(key, accounts).hides_everybody}
    size = dict(zip(keys, sums, strict=True))
    if len(hidden) == 1 and len(keys) > 1:
        hidden.add(min((key for key in keys if key not in hidden), key=size.__getitem__))
    left = [key for key in keys if key not in hidden and size[key] > 0]
    total = sum(size[key] for key in left)
    return [Line(key, round(100 * size[key] / total)) for key in left] if len(left) > 1 else []
