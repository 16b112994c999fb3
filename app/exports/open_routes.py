"""Pages for everybody: what is kept and for how long, the public key, and checking an archive."""

from flask import Blueprint, render_template, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app.auth.access import public
from app.core.security import csrf, limiter
from app.core.services import services
from app.core.signing import signer
from app.core.words import gettext as _
from app.exports import record
from app.exports.forms import VerifyForm
from app.exports.reading import ArchiveError, ArchiveReader, Manifest, read_manifest

blueprint = Blueprint("archives", __name__)

MOST_BYTES = 64 << 20
"""What this page takes in. Larger archives are checked by their manifest and signature alone, or by the command."""


@blueprint.get("/privacy/data")
@public
def kept() -> str:
    return render_template("exports/kept.html", lines=record.lines())


@blueprint.get("/.well-known/leader-export-key")
@public
def public_key() -> Response:
    """The Ed25519 public key, 32 bytes as base64, on a line of its own."""
    return Response(f"{signer(services().settings).public_key}\n", mimetype="text/plain")


@blueprint.get("/verify-export")
@public
def verify() -> str:
    return render_template("exports/verify.html", form=VerifyForm(formdata=None), found=None, problem=None)


@blueprint.post("/verify-export")
@csrf.exempt  # type: ignore[untyped-decorator] # it would read the form before the size is allowed
@public
@limiter.limit("20 per 5 minutes")
def check() -> tuple[str, int]:
    """Checks without storing: what was sent is gone when the answer is written."""
    request.max_content_length = MOST_BYTES
    form, found, problem = VerifyForm(), None, None
    if form.validate_on_submit():
        try:
            found = _check(form)
        except ArchiveError as error:
            problem = error.sentence
    status = 200 if found else 422
    return render_template("exports/verify.html", form=form, found=found, problem=problem), status


def _check(form: VerifyForm) -> Manifest:
    """Raises ArchiveError, which says what does not fit."""
    key = signer(services().settings).public_key
    if archive := _sent(form.archive.data):
        reader = ArchiveReader(archive.stream, key)
        reader.check()
        return reader.manifest
    manifest, signature = _sent(form.manifest.data), _sent(form.signature.data)
    if manifest and signature:
        return read_manifest(manifest.read(), signature.read(), key)
    raise ArchiveError(_("Choose the archive, or its manifest together with its signature."))


def _sent(file: FileStorage | None) -> FileStorage | None:
    """An empty field of a form is sent as a file without a name."""
    return file if file and file.filename else None
