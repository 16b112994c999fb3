"""Files that features hold beside their tables, such as recordings.

A feature adds its function to `app/export_files.py`; the factory installs that table.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

FileSource = Callable[[Session], Iterable[tuple[str, Iterable[bytes]]]]
"""Given a session that serves the company: (name such as "recordings/<id>.mp3", content in pieces) of each file."""

_sources: Sequence[FileSource] = ()


def install(table: Sequence[FileSource]) -> None:
    """Name the features that hold files. Called once, by the factory."""
    global _sources
    _sources = table


def all_files(session: Session) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files of every feature, under `files/`."""
    for source in _sources:
        for name, content in source(session):
            yield f"files/{name}", content
