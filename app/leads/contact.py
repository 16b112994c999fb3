"""How contact details are written down: pure rules, the same for what a visitor sends and what a member
corrects."""

import re
import unicodedata
from urllib.parse import quote

import phonenumbers
from email_validator import EmailNotValidError, validate_email

MAX_NAME = 200
MAX_EMAIL = 254
MAX_PHONE = 40
MAX_TEXT = 5000

_KEPT = "\n\t"
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9]{1,20}([._-][A-Za-z0-9]{1,20}){0,2}@([A-Za-z0-9]{1,30}\.){1,4}(com|net|org|[a-z]{2})"
)


def one_line(text: str) -> str:
    """The text on one line: no control characters, single spaces, none at the ends."""
    return " ".join(_printable(text).split())


def many_lines(text: str) -> str:
    """The text with its line breaks, without other control characters, none of it empty at the ends."""
    return _printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def is_email(text: str) -> bool:
    """True when the text has the form of an e-mail address. Nobody is asked whether it exists."""
    if _PLAIN_EMAIL.fullmatch(text):
        return True  # the usual kind; the full rules take forty times as long
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def e164(phone: str, region: str) -> str:
    """The number in international form ("+447700900123"), read as in `region` when it names no country; empty
    when it cannot be read as a number."""
    try:
        number = phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mail_link(email: str) -> str:
    """The address that opens a mail program."""
    return f"mailto:{quote(email, safe='@+')}"


def phone_link(phone: str) -> str:
    """The address that dials: digits, and a plus sign before them."""
    return "tel:" + "".join(c for c in phone if c in "+0123456789")


def _printable(text: str) -> str:
    """Without control characters and lone surrogates, which neither people nor databases can use."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text  # nearly always, and looking at each character takes a while
    return "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in ("Cc", "Cs"))
