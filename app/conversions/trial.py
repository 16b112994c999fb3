"""Trying out: Google checks the frozen request without taking it (`validate_only`), and says what it would answer.

Google checks the form of the request, the access and the conversion action; whether the click is known shows only
after a real sending.
"""

import json
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.connections import use
from app.conversions import outbox, standing
from app.conversions.models import ConversionUpload
from app.core.config import Settings
from app.core.crypto import SealedBox
from app.core.errors import LeaderError
from app.integrations.google.data_manager import DataManager
from app.integrations.google.uploading import Parcel


def run(session: Session, upload_id: uuid.UUID, box: SealedBox, settings: Settings) -> None:
    """Ask, and put Google's answer, or why there is none, on the receipt; the caller commits.

    Nothing is asked once the upload must not be sent any more."""
    upload = session.scalars(
        select(ConversionUpload).where(ConversionUpload.id == upload_id).with_for_update()
    ).one_or_none()
    if upload is None or not standing.may_try_out(session, upload):
        return
    try:
        _ask(session, upload, box, settings)
    except LeaderError as error:
        outbox.add_entry(session, upload.id, "checked", reason=error.reason)
    else:
        outbox.add_entry(session, upload.id, "checked")


def _ask(session: Session, upload: ConversionUpload, box: SealedBox, settings: Settings) -> None:
    connection = use.open_for_use(session, upload.connection_id)
    credentials = use.credentials(session, connection, box, settings)
    line = DataManager(credentials, settings.google_datamanager_url, settings.google_timeout_seconds)
    frame = {name: part for name, part in upload.payload.items() if name != "events"}
    line.try_out(Parcel(json.dumps(frame), [json.dumps(event) for event in upload.payload["events"]]))
