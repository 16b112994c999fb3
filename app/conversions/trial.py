"""Trying out: Google checks the frozen request without taking it (`validate_only`), and says what it would answer.

Google checks the form of the request, the access and the conversion action; whether the click is known shows only
after a real sending.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.companies.vault import open_vault
from app.connections import use
from app.conversions import outbox
from app.conversions.models import ConversionUpload
from app.core.config import Settings
from app.core.crypto import KeyRing
from app.core.errors import InvalidInputError, NotFoundError, PermanentError
from app.core.words import gettext as _
from app.integrations.google.data_manager import DataManager


def run(session: Session, upload_id: uuid.UUID, key_ring: KeyRing, settings: Settings) -> None:
    """Ask, and put Google's answer on the receipt; the caller commits.

    Raises NotFoundError, InvalidInputError when there is nothing to send, ConnectionUnusableError, and RetryableError
    when Google does not answer.
    """
    upload = session.scalars(
        select(ConversionUpload).where(ConversionUpload.id == upload_id).with_for_update()
    ).one_or_none()
    if upload is None:
        raise NotFoundError(_("There is no such conversion."))
    if not upload.payload:
        raise InvalidInputError(_("There is nothing to try out: nothing of this lead would be sent."))
    connection = use.open_for_use(session, upload.connection_id)
    credentials = use.credentials(session, connection, open_vault(session, key_ring), settings)
    line = DataManager(credentials, settings.google_datamanager_url, settings.google_timeout_seconds)
    try:
        line.send({**upload.payload, "validateOnly": True})
    except PermanentError as error:
        outbox.add_entry(session, upload.id, "checked", reason=error.reason)
    else:
        outbox.add_entry(session, upload.id, "checked")
