"""Who exists in the practice Google: people, their Google Ads accounts, and people who once clicked an ad."""

from dataclasses import dataclass
from hashlib import sha256

ONE_PER_CLICK, MANY_PER_CLICK = "ONE_PER_CLICK", "MANY_PER_CLICK"
UPLOAD_CLICKS, WEBPAGE = "UPLOAD_CLICKS", "WEBPAGE"


@dataclass(frozen=True)
class ConversionAction:
    """What an advertiser counts; only UPLOAD_CLICKS can be uploaded to."""

    id: str
    name: str
    category: str
    counting_type: str
    type: str = UPLOAD_CLICKS
    default_value: float = 0.0
    window_days: int = 90


@dataclass(frozen=True)
class Account:
    """A Google Ads account. A manager has clients and no conversion actions of its own here."""

    id: str
    name: str
    actions: tuple[ConversionAction, ...] = ()
    client_ids: tuple[str, ...] = ()
    currency: str = "GBP"
    time_zone: str = "Europe/London"

    @property
    def is_manager(self) -> bool:
        return bool(self.client_ids)


@dataclass(frozen=True)
class Person:
    """Somebody with a Google account. `account_ids` are those the person reaches without a manager."""

    id: str
    name: str
    email: str
    about: str
    account_ids: tuple[str, ...] = ()


def _actions(first_id: int) -> tuple[ConversionAction, ...]:
    return (
        ConversionAction(str(first_id), "Won job", "CONVERTED_LEAD", ONE_PER_CLICK, default_value=1500.0),
        ConversionAction(str(first_id + 1), "Qualified lead", "QUALIFIED_LEAD", MANY_PER_CLICK, default_value=100.0),
        ConversionAction(str(first_id + 2), "Thank-you page", "SUBMIT_LEAD_FORM", MANY_PER_CLICK, WEBPAGE),
    )


ACCOUNTS: dict[str, Account] = {
    account.id: account
    for account in (
        Account("1234567890", "Northgate Roofing", _actions(7001)),
        Account("5550001111", "Bright Agency (manager)", client_ids=("5550002222", "5550003333")),
        Account("5550002222", "Hilltop Plumbing", _actions(8001)),
        Account("5550003333", "Riverside Dental", _actions(9001)),
    )
}
PEOPLE: dict[str, Person] = {
    person.id: person
    for person in (
        Person(
            "100000000000000000001",
            "Olivia Owner",
            "olivia@northgate.example",
            "owns Northgate Roofing and its Google Ads account",
            ("1234567890",),
        ),
        Person(
            "100000000000000000002",
            "Amir Agency",
            "amir@brightagency.example",
            "runs a manager account with two clients",
            ("5550001111",),
        ),
        Person(
            "100000000000000000003",
            "Nadia Newcomer",
            "nadia@example.com",
            "has a Google account, but no Google Ads account",
        ),
    )
}

# Normalised addresses of people who clicked an ad while signed in: an event that carries only one of these
# (hashed) still finds its click, every other one ends as CLICK_NOT_FOUND.
CLICKERS = ("jane.doe@example.com", "sam.taylor@example.com", "priya.shah@example.com", "janedoe@gmail.com")
CLICKER_HASHES = frozenset(sha256(email.encode()).hexdigest() for email in CLICKERS)


def reachable(person_id: str, login_account: str, account: str) -> bool:
    """A person reaches an account directly, or as a client of the manager named as the login account."""
    person = PEOPLE.get(person_id)
    if person is None or login_account not in person.account_ids or account not in ACCOUNTS:
        return False
    return account == login_account or account in ACCOUNTS[login_account].client_ids


_made: dict[str, list[ConversionAction]] = {}
"""Actions that advertisers made, by account; `sandbox/ads/actions.py` keeps them."""


def actions_of(account: Account) -> tuple[ConversionAction, ...]:
    """Those that were there from the beginning, then those that were made."""
    return (*account.actions, *_made.get(account.id, ()))


def set_made(made: dict[str, list[ConversionAction]]) -> None:
    """These and no others were made."""
    _made.clear()
    _made.update(made)


def find_action(account_id: str, action_id: str) -> ConversionAction | None:
    account = ACCOUNTS.get(account_id)
    return next((a for a in actions_of(account) if a.id == action_id), None) if account else None
