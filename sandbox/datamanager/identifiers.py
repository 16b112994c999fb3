"""Hashed user data: SHA-256 of a normalised e-mail address, phone number or name, in hex or base64."""

import base64
import binascii
import re
from typing import Any

from sandbox.datamanager.errors import Violation

HEX, BASE64 = 1, 2
ENCODINGS = (HEX, BASE64)
SHA256_BYTES = 32
REGION = re.compile(r"[A-Za-z]{2}")


def decode(value: str, encoding: int) -> bytes | None:
    """The bytes behind an identifier; None when it is not in that encoding."""
    try:
        return base64.b64decode(value, validate=True) if encoding == BASE64 else binascii.unhexlify(value)
    except ValueError:
        return None


def hash_problem(value: str, encoding: int) -> str | None:
    """The reason why a value cannot be a hash, or None."""
    raw = decode(value, encoding)
    if raw is None:
        return "INVALID_BASE64_ENCODING" if encoding == BASE64 else "INVALID_HEX_ENCODING"
    return None if len(raw) == SHA256_BYTES else "INVALID_SHA256_FORMAT"


def address_problem(address: Any, encoding: int) -> Violation | None:
    """Names are hashed; country and postal code are sent as they are."""
    for field in ("given_name", "family_name"):
        reason = hash_problem(getattr(address, field), encoding)
        if reason:
            return Violation(field, reason, "The name must be an encoded SHA-256 hash.")
    if not REGION.fullmatch(address.region_code):
        return Violation("region_code", "INVALID_COUNTRY_CODE", "A two-letter country code is required.")
    if not address.postal_code:
        return Violation("postal_code", "INVALID_POSTAL_CODE", "The postal code is required.")
    return None


def hashes(event: Any, encoding: int) -> list[str]:
    """The hashed e-mail addresses and phone numbers of a valid event, in lower-case hex."""
    values = (i.email_address or i.phone_number for i in event.user_data.user_identifiers)
    return [raw.hex() for raw in (decode(value, encoding) for value in values if value) if raw]
