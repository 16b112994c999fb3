"""Notices: what stands on top of every signed-in page until it is settled, such as a policy that changed.

The sources are named in `app/notices.py`; the factory installs that table. Each is asked once for every whole page
(never for a part of one), so it answers from the person of the request, or remembers what it has read: no statement a
page.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import Flask


class Notice(NamedTuple):
    """One sentence and perhaps one link. `tone` is that of a banner: info, good, waiting or bad."""

    tone: str
    text: str
    link_label: str = ""
    link_address: str = ""


Source = Callable[[Any], Notice | None]
"""Takes the signed-in person (`app.auth.access.SignedIn`)."""


def install(app: Flask, table: Sequence[Source]) -> None:
    """Let the shell ask these sources, in this order."""
    app.jinja_env.globals["notices_for"] = lambda person: tuple(
        notice for source in table if (notice := source(person)) is not None
    )
