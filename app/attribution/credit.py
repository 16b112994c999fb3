"""Attribution models: how the credit for one lead is shared among the touches that led to it.

1. Shares are whole millionths and sum to one million, whatever the model: nothing is lost or invented by rounding.
2. What is left over by rounding down goes to the largest remainders, the earlier touch first.
3. A touch older than the window before the lead earns nothing, unless all are: then the last one earns it all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from app.attribution.channels import deciding

WHOLE = 1_000_000
DEFAULT_MODEL = "last_non_direct"
DEFAULT_WINDOW = timedelta(days=90)
HALF_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Touched:
    """What the models look at of a touch."""

    channel: str
    at: datetime


def shares(model: str, touches: Sequence[Touched], at: datetime, window: timedelta = DEFAULT_WINDOW) -> tuple[int, ...]:
    """The millionths that each touch, oldest first, earns of a lead that arrived at `at`.

    Raises ValueError without touches and KeyError for an unknown model.
    """
    if not touches:
        raise ValueError("a lead has at least one touch")
    weigh = MODELS[model]
    if len(touches) == 1:
        return (WHOLE,)
    first = next((place for place, touch in enumerate(touches) if at - touch.at <= window), len(touches) - 1)
    return (0,) * first + apportion(WHOLE, weigh(touches[first:], at))


def apportion(whole: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """`whole`, a number of zero or more, in integer parts by these weights, by the largest remainder."""
    total = sum(weights)
    exact = [whole * weight / total for weight in weights]
    parts = [int(each) for each in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: whole - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def _only(place: int, count: int) -> list[Fraction]:
    return [Fraction(int(each == place)) for each in range(count)]


def _first_touch(touches: Sequence[Touched], _at: datetime) -> list[Fraction]:
    return _only(0, len(touches))


def _last_touch(touches: Sequence[Touched], _at: datetime) -> list[Fraction]:
    return _only(len(touches) - 1, len(touches))


def _last_non_direct(touches: Sequence[Touched], _at: datetime) -> list[Fraction]:
    return _only(deciding([touch.channel for touch in touches]), len(touches))


def _linear(touches: Sequence[Touched], _at: datetime) -> list[Fraction]:
    return [Fraction(1)] * len(touches)


def _position_based(touches: Sequence[Touched], _at: datetime) -> list[Fraction]:
    """Two fifths for the first, two for the last, the rest among those between; of two, half each."""
    between = len(touches) - 2
    if between <= 0:
        return [Fraction(1)] * len(touches)
    return [Fraction(2, 5), *[Fraction(1, 5 * between)] * between, Fraction(2, 5)]


def _time_decay(touches: Sequence[Touched], at: datetime) -> list[Fraction]:
    """Half as much for each seven days before the lead."""
    ages = [max(timedelta(), at - touch.at) / HALF_LIFE for touch in touches]
    return [Fraction(2.0 ** (min(ages) - age)) for age in ages]


MODELS: dict[str, Callable[[Sequence[Touched], datetime], list[Fraction]]] = {
    "first_touch": _first_touch,
    "last_touch": _last_touch,
    "last_non_direct": _last_non_direct,
    "linear": _linear,
    "position_based": _position_based,
    "time_decay": _time_decay,
}
