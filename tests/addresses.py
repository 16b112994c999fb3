"""Every page that an address alone opens, as the application itself lists them."""

from flask import Flask

NO_PAGES = frozenset({"leads.arrivals", "static"})
"""Answers that are parts of pages, and files."""


def pages(app: Flask, *, public: bool) -> list[str]:
    """The addresses without parameters that can be read: for everybody, or for those who are signed in."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or ()) or rule.arguments or rule.endpoint in NO_PAGES:
            continue
        if bool(getattr(view, "is_public", False)) == public:
            found.append(rule.rule)
    return sorted(found)
