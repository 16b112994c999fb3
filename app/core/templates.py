"""The template environment, with one change to Jinja's own: the globals of a template are a plain dict."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Templates(Environment):
    """Every import of a macro compares the globals of two templates. Jinja keeps them in a ChainMap, which does that
    one name at a time in Python: with some eighty names and a dozen imports that was a tenth of a page.

    All templates share the environment's own globals, which are complete once the application is built.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **d} if d else self.globals
