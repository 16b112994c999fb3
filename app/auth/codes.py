"""One-time codes of the second factor (RFC 6238: six digits, thirty seconds)."""

import hmac
from datetime import datetime

import pyotp

_SECONDS = 30
_STEPS_OFF = 1
"""A clock may be this many steps off."""


def new_key() -> str:
    """What codes are made of, as authenticator apps take it."""
    return pyotp.random_base32()


def address(key: str, email: str, issuer: str) -> str:
    """What the QR code says; the app shows the issuer and the address."""
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=issuer)


def step_of(code: str, key: str, now: datetime) -> int | None:
    """The time step that this code belongs to, none when it is not right."""
    code = "".join(code.split())
    current = int(now.timestamp()) // _SECONDS
    for step in range(current - _STEPS_OFF, current + _STEPS_OFF + 1):
        if hmac.compare_digest(pyotp.TOTP(key).generate_otp(step).encode(), code.encode()):
            return step
    return None
