"""Flask as Leader uses it: its views and hooks are plain functions, and its templates share their globals."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.core.templates import Templates


class Application(Flask):
    """Flask looks at each of the twenty functions around a view, on every request, whether it is a coroutine. None is
    (tests/rules), so none is asked."""

    jinja_environment = Templates

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func
