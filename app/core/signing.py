"""Signatures of this installation (Ed25519), for what leaves it: archives and certificates.

The public key stands at a well-known address, so that anybody can check what Leader signed. A signature names its
purpose, so that one made for an archive is none for anything else.
"""

import base64
import binascii
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core.config import Settings


class Signer:
    """Signs as this installation."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> str:
        """32 bytes as base64."""
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    @property
    def key_id(self) -> str:
        """A short name of the key."""
        return key_id(self.public_key)

    def sign(self, purpose: str, content: bytes) -> str:
        """The signature as base64."""
        return base64.b64encode(self._key.sign(_framed(purpose, content))).decode()


def signer(settings: Settings) -> Signer:
    """The installation's signer: LEADER_SIGNING_KEY or, without one, a key that follows from SECRET_KEY."""
    return Signer(seed(settings))


def seed(settings: Settings) -> bytes:
    """The 32 secret bytes behind the signer, from which other keys that must last may follow."""
    if settings.leader_signing_key:
        return base64.b64decode(settings.leader_signing_key)
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"leader signing key")
    return derived.derive(settings.secret_key.encode())


def key_id(public_key: str) -> str:
    return hashlib.sha256(public_key.encode()).hexdigest()[:16]


def is_signed(purpose: str, content: bytes, signature: str, public_key: str) -> bool:
    """True when this key signed just these bytes for this purpose. Any input may be hostile."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature.strip(), validate=True), _framed(purpose, content))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _framed(purpose: str, content: bytes) -> bytes:
    return b"leader " + purpose.encode() + b"\0" + content
