"""Marks: by them something that was erased is known again, and by nothing else.

A mark is a keyed hash (HMAC-SHA-256). Its key follows from the installation's signing key, so it is in no database and
no backup, and it outlives the data key of every company: a restored copy knows whom it must not bring back, however
old it is. The same text has another mark in every company.
"""

import hashlib
import hmac
import json
import uuid

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core import signing
from app.core.config import Settings


class Marker:
    """Makes marks as this installation."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mark(self, company_id: uuid.UUID, text: str, *, kind: str) -> str:
        """The same for the same company, kind and text; of no use to anybody without the key."""
        named = json.dumps([str(company_id), kind, text])
        return hmac.new(self._key, named.encode(), hashlib.sha256).hexdigest()


def marker(settings: Settings) -> Marker:
    """The installation's marker."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"leader erasure marks")
    return Marker(derived.derive(signing.seed(settings)))
