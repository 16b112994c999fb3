"""Reads ad accounts and conversion actions of the Google Ads API."""

from dataclasses import dataclass, replace
from typing import Any

from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.core.errors import LeaderError
from app.integrations.google.google_ads_client import AdsClient
from app.integrations.google.google_ads_errors import CLOSED, enum_name, refusal

_CUSTOMER = (
    "SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone,"
    " customer.manager, customer.status, customer.auto_tagging_enabled,"
    " customer.conversion_tracking_setting.conversion_tracking_status,"
    " customer.conversion_tracking_setting.accepted_customer_data_terms,"
    " customer.conversion_tracking_setting.effective_enablement_setting,"
    " customer.conversion_tracking_setting.google_ads_conversion_customer FROM customer LIMIT 1"
)
_CLIENTS = (
    "SELECT customer_client.id, customer_client.descriptive_name, customer_client.currency_code,"
    " customer_client.time_zone FROM customer_client"
    " WHERE customer_client.manager = FALSE AND customer_client.status = 'ENABLED'"
)
_ACTIONS = (
    "SELECT conversion_action.id, conversion_action.name, conversion_action.category,"
    " conversion_action.counting_type, conversion_action.click_through_lookback_window_days"
    " FROM conversion_action WHERE conversion_action.type = 'UPLOAD_CLICKS'"
    " AND conversion_action.status = 'ENABLED'"
)


@dataclass(frozen=True)
class Account:
    """An ad account: through which account it is reached, and which one owns its conversion actions."""

    customer_id: str
    login_customer_id: str
    conversion_customer_id: str
    name: str
    currency: str
    time_zone: str
    auto_tagging: bool | None = None
    """This and the three below: how it is set up for reporting; none while it was not asked."""
    accepted_terms: bool | None = None
    enhanced_conversions: bool | None = None
    tracking_status: str = ""


@dataclass(frozen=True)
class Action:
    """A conversion action that takes uploads. `counting_type` is ONE_PER_CLICK or MANY_PER_CLICK."""

    google_id: str
    name: str
    category: str
    counting_type: str
    click_window_days: int


class AdsReader:
    """Reads for one connection. Raises what `explain` makes of Google's errors."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._ads = AdsClient(settings, credentials)

    def list_accounts(self) -> list[Account]:
        """Every open account that the login reaches, managers' clients included, sorted by name."""
        found: dict[str, Account] = {}
        for customer_id in self._accessible():
            try:
                customer = self._customer(customer_id, login=customer_id)
                accounts = self._clients(customer_id) if customer.manager else [_direct(customer)]
            except LeaderError as error:
                if error.reason in CLOSED:
                    continue
                raise
            for account in accounts:
                if account.customer_id == account.login_customer_id or account.customer_id not in found:
                    found[account.customer_id] = account
        return sorted(found.values(), key=lambda account: (account.name.casefold(), account.customer_id))

    def find_owner(self, account: Account) -> Account:
        """The account with the owner of its conversion actions, which may be a manager."""
        customer = self._customer(account.customer_id, login=account.login_customer_id)
        owner = _owner_of(customer)
        is_direct = account.login_customer_id == account.customer_id
        return replace(
            account,
            conversion_customer_id=owner,
            login_customer_id=owner if is_direct else account.login_customer_id,
            **_set_up(customer),
        )

    def list_conversion_actions(self, account: Account) -> list[Action]:
        """The actions that take uploads, asked at the account that owns them."""
        rows = self._ads.search(_ACTIONS, account.conversion_customer_id, login=account.login_customer_id)
        return [
            Action(
                google_id=str(action.id),
                name=action.name,
                category=enum_name(action, "category"),
                counting_type=enum_name(action, "counting_type"),
                click_window_days=action.click_through_lookback_window_days,
            )
            for action in (row.conversion_action for row in rows)
        ]

    def _accessible(self) -> list[str]:
        answer = self._ads.call(self._ads.service("CustomerService", login="").list_accessible_customers)
        return [name.rpartition("/")[2] for name in answer.resource_names]

    def _customer(self, customer_id: str, *, login: str) -> Any:
        rows = self._ads.search(_CUSTOMER, customer_id, login=login)
        if not rows or enum_name(rows[0].customer, "status") != "ENABLED":
            raise refusal("CUSTOMER_NOT_ENABLED")
        return rows[0].customer

    def _clients(self, manager_id: str) -> list[Account]:
        """All clients below a manager, at any level. Who owns their actions is asked once one is chosen."""
        rows = self._ads.search(_CLIENTS, manager_id, login=manager_id)
        return [
            Account(
                customer_id=str(client.id),
                login_customer_id=manager_id,
                conversion_customer_id=str(client.id),
                name=client.descriptive_name or dashed(str(client.id)),
                currency=client.currency_code,
                time_zone=client.time_zone,
            )
            for client in (row.customer_client for row in rows)
        ]


def dashed(customer_id: str) -> str:
    """A customer id as Google shows it: 123-456-7890."""
    return f"{customer_id[:3]}-{customer_id[3:6]}-{customer_id[6:]}"


def _direct(customer: Any) -> Account:
    customer_id = str(customer.id)
    return Account(
        customer_id=customer_id,
        login_customer_id=customer_id,
        conversion_customer_id=_owner_of(customer),
        name=customer.descriptive_name or dashed(customer_id),
        currency=customer.currency_code,
        time_zone=customer.time_zone,
    )


def _set_up(customer: Any) -> dict[str, Any]:
    tracking = customer.conversion_tracking_setting
    return {
        "auto_tagging": customer.auto_tagging_enabled,
        "accepted_terms": tracking.accepted_customer_data_terms,
        "enhanced_conversions": enum_name(tracking, "effective_enablement_setting") == "ON",
        "tracking_status": enum_name(tracking, "conversion_tracking_status"),
    }


def _owner_of(customer: Any) -> str:
    owner: str = customer.conversion_tracking_setting.google_ads_conversion_customer.rpartition("/")[2]
    return owner or str(customer.id)
