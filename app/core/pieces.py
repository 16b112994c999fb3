"""Pieces of pages that look at nothing but what they are given: drawn once, then remembered.

`{{ piece("layouts/_bars.html", role=role, name=name) }}` stands where an include would. The template is rendered with
these values alone, so its text is the same for the same values in the same language, whoever asks, and no change can
make a remembered text wrong. It therefore must not look at the request, the person, a token or the time by itself
(tests/rules sees to it): what differs is given to it, or stands outside. Values are texts, numbers, None, or tuples of
these.
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from app.core.words import language

MOST = 1_024
"""How many texts a process keeps, the latest used. A shell has 6 kB, most pieces less."""

Value = Hashable


def install(app: Flask) -> None:
    """Make `piece` known to the templates."""
    app.jinja_env.globals["piece"] = Pieces(app.jinja_env)


class Pieces:
    """What templates call as `piece`; one for each application."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._remembered = lru_cache(MOST)(self._draw)

    def __call__(self, template: str, **given: Value) -> Markup:
        # A text that is safe already equals the same text that must be escaped yet; their kinds tell them apart.
        kinds = tuple(map(type, given.values()))
        return self._remembered(template, language(), tuple(given.items()), kinds)

    def _draw(self, template: str, _language: str, given: tuple[tuple[str, Value], ...], _kinds: object) -> Markup:
        if any(map(_holds_markup, dict(given).values())):
            raise TypeError(f"{template}: a tuple that is given to a piece may not hold markup")
        return Markup(self._environment.get_template(template).render(dict(given)))  # noqa: S704 - escaped by its template


def _holds_markup(value: Value) -> bool:
    """Within a tuple the kinds do not show."""
    return isinstance(value, tuple) and any(isinstance(each, Markup) or _holds_markup(each) for each in value)
