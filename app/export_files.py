"""One table: the features that hold files beside their tables, for the export archive."""

from collections.abc import Sequence

from app.calls.recordings.exporting import recordings
from app.exports.files import FileSource
from app.support import archive as support

TABLE: Sequence[FileSource] = (support.source, recordings)
