"""Identifiers: time-ordered for rows, random for secrets."""

import hashlib
import secrets
import uuid

import uuid_utils


def new_id() -> uuid.UUID:
    """A UUID of version 7: unique, and later ones sort after earlier ones."""
    return uuid.UUID(int=uuid_utils.uuid7().int)


def new_secret() -> str:
    """256 random bits as 43 URL-safe characters: for tokens that open something."""
    return secrets.token_urlsafe(32)


def new_public_key() -> str:
    """128 random bits as 32 hexadecimal digits: for keys that stand in web pages, such as site keys."""
    return secrets.token_hex(16)


def secret_hash(secret: str) -> bytes:
    """SHA-256 of a random secret (32 bytes): what is stored in its place. Not for passwords."""
    return hashlib.sha256(secret.encode()).digest()
