"""Contact data as Google wants it: normalised, then SHA-256 in lower-case hexadecimal (the rules are Google's)."""

import hashlib
import re

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_GMAIL = ("gmail.com", "googlemail.com")


def normalise_email(email: str) -> str | None:
    """Trimmed and in lower case; for Gmail without dots and without what follows a plus. None when it is no address."""
    local, at, domain = email.strip().lower().rpartition("@")
    if domain in _GMAIL:
        local = local.partition("+")[0].replace(".", "")
    if not at or not local or "." not in domain or "@" in local or re.search(r"\s", local + domain):
        return None
    return f"{local}@{domain}"


def hash_email(email: str) -> str | None:
    """64 hexadecimal digits, or None when it is no address."""
    normal = normalise_email(email)
    return _sha256(normal) if normal else None


def hash_phone(phone_e164: str) -> str | None:
    """64 hexadecimal digits of a number in E.164 form, or None when it is not in that form."""
    return _sha256(phone_e164) if _E164.fullmatch(phone_e164) else None


def mask_email(email: str) -> str:
    """Enough to recognise an address one knows, too little to learn it: "j•••@example.com"."""
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else ""


def mask_phone(phone_e164: str) -> str:
    """The country code's start and the last two digits: "+44•••00"."""
    return f"{phone_e164[:3]}•••{phone_e164[-2:]}" if len(phone_e164) > 6 else ""


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
