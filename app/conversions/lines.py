"""The lines to Google that a worker keeps open: one for each connection and interface.

Conversions go through the interface that the installation has chosen, until Google refuses it; a change of a conversion
goes through the Data Manager API, which takes it as one for the same transaction id.
"""

import uuid

from sqlalchemy.orm import Session

from app.companies.vault import open_vault
from app.connections import tokens, use
from app.connections.models import Connection
from app.core.config import Settings
from app.core.crypto import KeyRing
from app.integrations.google.ads_uploads import AdsUploads
from app.integrations.google.data_manager import DataManager
from app.integrations.google.uploading import Uploader

MOST = 200
"""So many lines are kept open at the same time."""


class Lines:
    def __init__(self, settings: Settings, key_ring: KeyRing) -> None:
        self._settings, self._key_ring = settings, key_ring
        self._lines: dict[tuple[uuid.UUID, bool], tuple[str, Uploader]] = {}

    def to(self, session: Session, connection: Connection, *, is_first: bool) -> tuple[Uploader, bool]:
        """The line, and whether it was opened anew. `is_first`: for sending first versions. Tokens are compared sealed.

        Raises as `use.credentials`, and SealError.
        """
        is_ads = is_first and self._settings.google_upload_api == "google_ads" and not connection.upload_api
        key = (connection.id, is_ads)
        known = self._lines.get(key)
        if known and known[0] == connection.sealed_access_token and tokens.is_fresh(connection):
            return known[1], False
        credentials = use.credentials(session, connection, open_vault(session, self._key_ring), self._settings)
        line: Uploader = (
            AdsUploads(self._settings, credentials)
            if is_ads
            else DataManager(credentials, self._settings.google_datamanager_url, self._settings.google_timeout_seconds)
        )
        if len(self._lines) >= MOST:
            self._lines.clear()
        self._lines[key] = (connection.sealed_access_token or "", line)
        return line, True
