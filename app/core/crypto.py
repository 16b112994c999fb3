"""Sealing of stored credentials.

Master keys come from the environment and wrap one data key per company; the data key seals that company's
secrets. A sealed text carries the ids of its owner and refuses to open for any other owner, since Fernet alone
would not notice a ciphertext that was moved to another row. Deleting the wrapped key shreds all that it sealed.
"""

import hashlib
import hmac
import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.core.errors import PermanentError


class SealError(PermanentError):
    """A sealed text does not open: wrong key, changed text, or another owner's."""

    def __init__(self) -> None:
        super().__init__("A stored credential could not be read.", reason="seal_broken")


class KeyRing:
    """The master keys, the newest first. The newest wraps; all of them unwrap."""

    def __init__(self, master_keys: tuple[str, ...]) -> None:
        self._master = MultiFernet([Fernet(key) for key in master_keys])
        self._newest = Fernet(master_keys[0])

    def new_wrapped_key(self) -> str:
        """A fresh data key, wrapped: fit to be stored."""
        return self._master.encrypt(Fernet.generate_key()).decode()

    def is_under_newest(self, wrapped_key: str) -> bool:
        """True when no older master key is needed to unwrap it."""
        try:
            self._newest.decrypt(wrapped_key.encode())
        except InvalidToken:
            return False
        return True

    def rewrap(self, wrapped_key: str) -> str:
        """The same data key under the newest master key. Raises SealError."""
        try:
            return self._master.rotate(wrapped_key.encode()).decode()
        except InvalidToken:
            raise SealError from None

    def open_box(self, wrapped_key: str) -> "SealedBox":
        """The box of one company. Raises SealError when no master key fits."""
        try:
            return SealedBox(self._master.decrypt(wrapped_key.encode()))
        except InvalidToken:
            raise SealError from None


class SealedBox:
    """Seals and opens one company's secrets. `owner` names the place: table, row id and column."""

    def __init__(self, data_key: bytes) -> None:
        self._data_key = Fernet(data_key)
        self._fingerprint_key = hmac.digest(data_key, b"fingerprints", hashlib.sha256)

    def seal(self, secret: str, *, owner: str) -> str:
        """The sealed text of `secret`, which opens only for the same `owner`."""
        return self._data_key.encrypt(json.dumps([owner, secret]).encode()).decode()

    def open(self, sealed: str, *, owner: str) -> str:
        """The secret. Raises SealError for a foreign or changed text."""
        try:
            sealed_for, secret = json.loads(self._data_key.decrypt(sealed.encode()))
        except (InvalidToken, ValueError):
            raise SealError from None
        if sealed_for != owner:
            raise SealError
        return str(secret)

    def fingerprint(self, text: str, *, kind: str) -> str:
        """The same for the same text and kind, and of no use to anybody without the company's key (HMAC-SHA-256)."""
        return hmac.new(self._fingerprint_key, json.dumps([kind, text]).encode(), hashlib.sha256).hexdigest()
