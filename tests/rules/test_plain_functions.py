"""`Application` does not ask whether a view or a hook is a coroutine (core/application.py), so none may be."""

import inspect
from itertools import chain

from flask import Flask


def test_views_and_hooks_are_plain_functions(application: Flask) -> None:
    kinds = (
        application.before_request_funcs,
        application.after_request_funcs,
        application.teardown_request_funcs,
        application.template_context_processors,
    )
    hooks = chain.from_iterable(chain.from_iterable(kind.values() for kind in kinds))
    errors = (
        handler
        for by_code in application.error_handler_spec.values()
        for handlers in by_code.values()
        for handler in handlers.values()
    )
    found = [*application.view_functions.values(), *hooks, *errors, *application.teardown_appcontext_funcs]
    assert len(found) > 100
    assert not [each for each in found if inspect.iscoroutinefunction(each)]
