"""E-mail addresses of people who sign in."""

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254


def normal(address: str) -> str | None:
    """The address in lower case, none when it cannot be one. No name server is asked."""
    address = address.strip()
    if len(address) > MAX_LENGTH:
        return None
    try:
        return validate_email(address, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        return None
