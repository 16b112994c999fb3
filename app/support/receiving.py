"""Taking a file from a form, and handing one out: as a download, never as a page."""

import io

from flask import request, send_file
from werkzeug.wrappers import Response

from app.core.security import csrf
from app.support.files import MOST_BYTES

_FORM_BYTES = 16_384
"""For what stands in the form besides the file."""


def uploaded() -> tuple[str, bytes]:
    """Name and content; an empty name without a file. The form's token is checked here, since the size of the body
    has to be allowed before anything reads it. Larger bodies are answered with 413."""
    request.max_content_length = MOST_BYTES + _FORM_BYTES
    csrf.protect()
    file = request.files.get("file")
    if file is None:
        return "", b""
    return file.filename or "", file.stream.read(MOST_BYTES + 1)


def handed_out(name: str, content: bytes) -> Response:
    """A browser saves it and shows nothing of it, whatever is in it."""
    response = send_file(
        io.BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
