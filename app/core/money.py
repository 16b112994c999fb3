"""Money as integer minor units with an ISO 4217 currency."""

import re
import unicodedata
from decimal import Decimal

from app.core.words import gettext as _

CURRENCIES: dict[str, tuple[str, int]] = {
    "GBP": ("£", 2),
    "EUR": ("€", 2),
    "USD": ("$", 2),
    "AUD": ("A$", 2),
    "CAD": ("C$", 2),
    "NZD": ("NZ$", 2),
    "CHF": ("CHF ", 2),
    "SEK": ("SEK ", 2),
    "NOK": ("NOK ", 2),
    "DKK": ("DKK ", 2),
    "PLN": ("PLN ", 2),
    "ZAR": ("R", 2),
    "INR": ("₹", 2),
    "JPY": ("¥", 0),
}
"""Currency → (sign, number of decimal places): those that a company can choose."""

MAX_MINOR = 10**12
"""Ten thousand million pounds: more than that is a slip of the keyboard."""


_DECIMAL_COMMA = re.compile(r"(?a)\d[\d. ]*,\d{1,2}")
_THOUSANDS = re.compile(r"(?a)\d{1,3}([, ]\d{3})*(\.\d*)?|\d+(\.\d*)?|\.\d+")


def to_minor(text: str, currency: str) -> int:
    """Minor units from what a person typed, such as "1,250.50" or "1.250,50", in any script's digits.
    Raises ValueError with a sentence."""
    sign, places = _shape(currency)
    typed = _western(text.strip()).removeprefix(sign.strip()).strip()
    if typed.startswith("-"):
        raise ValueError(_("Enter an amount of zero or more."))
    if _DECIMAL_COMMA.fullmatch(typed):
        typed = typed.replace(".", "").replace(",", ".")
    elif not _THOUSANDS.fullmatch(typed):
        raise ValueError(_("Enter an amount such as 1250 or 1250.50."))
    amount = Decimal(typed.replace(",", "").replace(" ", ""))
    if amount.scaleb(places) > MAX_MINOR:
        raise ValueError(_("That amount is too large."))
    minor = amount.scaleb(places)
    if minor != minor.to_integral_value():
        raise ValueError(
            _("Enter at most %(places)s decimal places.", places=places) if places else _("Enter a whole number.")
        )
    return int(minor)


def to_major(minor: int, currency: str) -> Decimal:
    """The amount in whole units, as an exact decimal: 125050 GBP → 1250.50."""
    return Decimal(minor).scaleb(-_shape(currency)[1])


def format_money(minor: int, currency: str) -> str:
    """The amount as people read it: "£1,250.50", and "£1,250" when it is whole. The language places the sign."""
    sign, places = _shape(currency)
    amount = to_major(minor, currency)
    figure = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.{places}f}"
    return _("%(sign)s%(amount)s", sign=sign, amount=figure).strip()


def _shape(currency: str) -> tuple[str, int]:
    """An ad account may be in any currency: one that a company cannot choose stands with its code."""
    return CURRENCIES.get(currency, (f"{currency} ", 2))


def _western(typed: str) -> str:
    """Digits of other scripts as 0 to 9, and the Arabic separators as comma and point."""
    typed = typed.replace("\u066b", ".").replace("\u066c", ",")
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in typed)
