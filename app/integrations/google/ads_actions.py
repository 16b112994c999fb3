"""Makes conversion actions that take uploads, through the Google Ads API."""

from dataclasses import dataclass

from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.integrations.google.google_ads_client import AdsClient

CATEGORIES = (
    "CONVERTED_LEAD",
    "QUALIFIED_LEAD",
    "IMPORTED_LEAD",
    "PURCHASE",
    "SUBMIT_LEAD_FORM",
    "PHONE_CALL_LEAD",
    "BOOK_APPOINTMENT",
    "REQUEST_QUOTE",
    "CONTACT",
)
"""Google's categories that fit what is reported from a list of leads, the usual first."""
COUNTINGS = ("ONE_PER_CLICK", "MANY_PER_CLICK")
MOST_DAYS = 90


@dataclass(frozen=True)
class NewAction:
    """The value in whole units of the currency: Google uses it where an upload brings none."""

    name: str
    category: str
    counting_type: str
    click_window_days: int
    value: float
    currency: str


class ActionMaker:
    """Makes them with one connection's credentials. Raises what AdsClient raises."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._ads = AdsClient(settings, credentials)

    def make(self, customer_id: str, login_customer_id: str, action: NewAction) -> str:
        """Google's id of the new action. Only a sale counts for bidding at once: early steps would count twice."""
        request = self._ads.message("MutateConversionActionsRequest")
        request.customer_id = customer_id
        made = request.operations.add().create
        made.name = action.name
        made.type_ = "UPLOAD_CLICKS"
        made.category, made.status, made.counting_type = action.category, "ENABLED", action.counting_type
        made.click_through_lookback_window_days = action.click_window_days
        made.primary_for_goal = action.category in ("CONVERTED_LEAD", "PURCHASE")
        made.value_settings.default_value = action.value
        made.value_settings.default_currency_code = action.currency
        made.value_settings.always_use_default_value = False
        service = self._ads.service("ConversionActionService", login=login_customer_id)
        answer = self._ads.call(service.mutate_conversion_actions, request=request)
        return str(answer.results[0].resource_name.rpartition("/")[2])
