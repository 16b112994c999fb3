"""Pieces of pages that look at nothing but what they are given: drawn once, then remembered.

`{{ piece("layouts/_bars.html", role=role, name=name) }}` stands where an include would. The template is rendered with
these values alone, so its text is the same for the same values in the same language, whoever asks, and no change can
make a remembered text wrong. It therefore must not look at the request, the person, a token or the time by itself
(tests/rules sees to it): what differs is given to it, or stands outside. Values are texts, numbers, None, or tuples of
these.

`{{ pieces("leads/_rows.html", items, stages=stages) }}` is the same for each of many items, such as the rows of a
table. Those that are not remembered are drawn together: the template goes through `items`, and writes `end` after
each.
"""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import chain

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from app.core.memory import Memory
from app.core.words import language

MOST = 1_024
"""How many texts a process keeps, the latest used. A shell has 6 kB, most pieces less."""
MOST_ITEMS = 8_192
"""The same of texts of items: some 8 MB."""
_END = "\0"
"""PostgreSQL cannot store it, so no text contains it."""

Value = Hashable
Item = tuple[Value, ...]


def install(app: Flask) -> None:
    """Make `piece` and `pieces` known to the templates."""
    drawn = Pieces(app.jinja_env)
    app.jinja_env.globals.update(piece=drawn, pieces=drawn.each)


class _Look:
    """What the items of one call have in common: the template and all that is given beside the items."""

    def __init__(self, template: str, _language: str, given: tuple[tuple[str, Value], ...], _kinds: object) -> None:
        self.template = template
        self.given = dict(given)


class Pieces:
    """What templates call as `piece`; one for each application."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._remembered = lru_cache(MOST)(self._draw)
        self._look = lru_cache(MOST)(_Look)
        self._items = Memory[tuple[_Look, Item], str](MOST_ITEMS)

    def __call__(self, template: str, **given: Value) -> Markup:
        return self._remembered(*_key(template, given))

    def each(self, template: str, items: Sequence[Item], **given: Value) -> Markup:
        """The texts of these items, one after the other. An item is a tuple of texts and the like, none of them
        markup."""
        look = self._look(*_key(template, given))
        texts = self._items.of([(look, item) for item in items], self._draw_items)
        return Markup("".join(texts))  # noqa: S704 - escaped by its template

    def _draw(self, template: str, _language: str, given: tuple[tuple[str, Value], ...], _kinds: object) -> Markup:
        if any(map(_holds_markup, dict(given).values())):
            raise TypeError(f"{template}: a tuple that is given to a piece may not hold markup")
        return Markup(self._environment.get_template(template).render(dict(given)))  # noqa: S704 - escaped by its template

    def _draw_items(self, keys: Sequence[tuple[_Look, Item]]) -> list[str]:
        look = keys[0][0]
        items = [item for _look, item in keys]
        if Markup in set(map(type, chain.from_iterable(items))):
            raise TypeError(f"{look.template}: an item may not hold markup")
        drawn = self._environment.get_template(look.template).render(look.given, items=items, end=_END)
        *texts, _after = drawn.split(_END)
        if len(texts) != len(items):
            raise ValueError(f"{look.template}: {len(items)} items made {len(texts)} texts")
        return texts


def _key(template: str, given: dict[str, Value]) -> tuple[str, str, tuple[tuple[str, Value], ...], Hashable]:
    """A text that is safe already equals the same text that must be escaped yet; their kinds tell them apart."""
    return template, language(), tuple(given.items()), tuple(map(type, given.values()))


def _holds_markup(value: Value) -> bool:
    """Within a tuple the kinds do not show."""
    return isinstance(value, tuple) and any(isinstance(each, Markup) or _holds_markup(each) for each in value)
