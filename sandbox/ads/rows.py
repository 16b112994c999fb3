"""The rows that queries select from: accounts, conversion actions, campaigns and clicks, and nothing else."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow

from sandbox.ads import campaigns, summaries
from sandbox.ads.campaigns import Clicks
from sandbox.ads.failures import bad_query
from sandbox.ads.gaql import Condition, Query
from sandbox.people import ACCOUNTS, ONE_PER_CLICK, Account, actions_of

RowMessage = GoogleAdsRow.pb()
SUMMARY = "offline_conversion_upload_client_summary"

CUSTOMER = """resource_name id descriptive_name currency_code time_zone status manager test_account
auto_tagging_enabled final_url_suffix tracking_url_template
conversion_tracking_setting.conversion_tracking_status
conversion_tracking_setting.google_ads_conversion_customer
conversion_tracking_setting.accepted_customer_data_terms conversion_tracking_setting.enablement_setting
conversion_tracking_setting.effective_enablement_setting
call_reporting_setting.call_reporting_enabled call_reporting_setting.call_conversion_reporting_enabled
customer_agreement_setting.accepted_lead_form_terms"""
CUSTOMER_CLIENT = """resource_name client_customer id descriptive_name level manager hidden status
test_account currency_code time_zone"""
CONVERSION_ACTION = """resource_name id name type category status owner_customer primary_for_goal
counting_type click_through_lookback_window_days
value_settings.default_value value_settings.default_currency_code
value_settings.always_use_default_value attribution_model_settings.attribution_model"""

UPLOADS = """resource_name client status total_event_count successful_event_count success_rate pending_event_count
pending_rate last_upload_date_time daily_summaries job_summaries alerts"""
CAMPAIGN = "resource_name id name status advertising_channel_type"
SEGMENTS = "date device ad_network_type click_type slot"
METRICS = "impressions clicks cost_micros conversions"
CLICK_VIEW = "resource_name gclid keyword keyword_info.text keyword_info.match_type ad_group_ad page_number"


def _fields(resource: str, names: str) -> frozenset[str]:
    return frozenset(f"{resource}.{name}" for name in names.split())


# Fields of the account that owns the rows may be selected with them, as at Google.
CUSTOMER_FIELDS = _fields("customer", CUSTOMER)
CAMPAIGN_FIELDS = _fields("campaign", CAMPAIGN) | _fields("segments", SEGMENTS) | _fields("metrics", METRICS)
KNOWN = {
    "customer": CUSTOMER_FIELDS,
    "customer_client": _fields("customer_client", CUSTOMER_CLIENT) | CUSTOMER_FIELDS,
    "conversion_action": _fields("conversion_action", CONVERSION_ACTION) | CUSTOMER_FIELDS,
    "campaign": CAMPAIGN_FIELDS | CUSTOMER_FIELDS,
    SUMMARY: _fields(SUMMARY, UPLOADS) | CUSTOMER_FIELDS,
    "click_view": CAMPAIGN_FIELDS
    | _fields("click_view", CLICK_VIEW)
    | _fields("ad_group", "resource_name id name")
    | CUSTOMER_FIELDS,
}
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def answer(query: Query, account: Account, clicks: Clicks) -> list[Any]:
    """The rows of the account that the query asks for, each with the selected fields alone."""
    _check(query)
    rows = [row for row in BUILDERS[query.resource](account, clicks) if all(_holds(row, c) for c in query.conditions)]
    for field, descending in reversed(query.order):
        rows.sort(key=lambda row, field=field: _value(row, field)[0], reverse=descending)  # type: ignore[misc]
    return [_selected(row, query.fields) for row in rows[: query.limit]]


def _check(query: Query) -> None:
    known = KNOWN.get(query.resource)
    if known is None:
        sentence = f"The practice Google has no resource '{query.resource}'; it has {', '.join(KNOWN)}."
        raise bad_query("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", sentence)
    for field in query.mentioned():
        if field not in known:
            raise bad_query(
                "UNRECOGNIZED_FIELD", f"Unrecognized field in the query (at the practice Google): '{field}'."
            )
    if query.resource == "click_view":
        _check_one_day(query)


def _check_one_day(query: Query) -> None:
    """As at Google: the clicks of one day, at most 90 days back."""
    days = [c.values[0] for c in query.conditions if c.field == "segments.date" and c.operator == "="]
    if len(days) != 1:
        raise bad_query("EXPECTED_FILTERS_ON_SINGLE_DAY", "click_view needs a filter on one day: segments.date = '…'.")
    try:
        back = (datetime.now(UTC).date() - datetime.fromisoformat(days[0]).date()).days
    except ValueError:
        raise bad_query("INVALID_VALUE_WITH_DATE_OPERATOR", f"'{days[0][:40]}' is no date.") from None
    if back > campaigns.DAYS_KEPT + 1:
        raise bad_query("INVALID_VALUE_WITH_DATE_OPERATOR", "click_view tells at most 90 days.")


def _value(row: Any, path: str) -> tuple[Any, Any]:
    """The value of a field and its descriptor."""
    holder, descriptor = row, None
    for name in path.split("."):
        descriptor = _descriptor(holder, name)
        holder = getattr(holder, descriptor.name)
    return holder, descriptor


def _descriptor(message: Any, name: str) -> Any:
    """The package writes `type` as `type_`, where Python has a word of that name."""
    fields = message.DESCRIPTOR.fields_by_name
    return fields.get(name) or fields[f"{name}_"]


def _holds(row: Any, condition: Condition) -> bool:
    value, descriptor = _value(row, condition.field)
    try:
        wanted = [_converted(text, descriptor) for text in condition.values]
    except (ValueError, KeyError) as error:
        message = f"The value for {condition.field} is not valid: {', '.join(condition.values)[:100]}"
        raise bad_query("BAD_ENUM_CONSTANT" if descriptor.enum_type else "BAD_VALUE", message) from error
    if condition.operator in ("=", "IN"):
        return value in wanted
    if condition.operator in ("!=", "NOT IN"):
        return value not in wanted
    return COMPARE[condition.operator](value, wanted[0])


def _converted(text: str, descriptor: Any) -> Any:
    """A literal of the query as the type of the field."""
    if descriptor.enum_type:
        return descriptor.enum_type.values_by_name[text].number
    if descriptor.cpp_type == descriptor.CPPTYPE_BOOL:
        return {"TRUE": True, "FALSE": False}[text.upper()]
    if descriptor.cpp_type == descriptor.CPPTYPE_STRING:
        return text
    return float(text) if descriptor.cpp_type == descriptor.CPPTYPE_DOUBLE else int(text)


def _selected(row: Any, fields: tuple[str, ...]) -> Any:
    """A new row with the selected fields, and the resource name, which always comes along."""
    result = RowMessage()
    resources = dict.fromkeys(field.split(".")[0] for field in fields)
    named = [resource for resource in resources if resource not in ("segments", "metrics")]
    for path in (*fields, *(f"{resource}.resource_name" for resource in named)):
        value, descriptor = _value(row, path)
        target = result
        for name in path.split(".")[:-1]:
            target = getattr(target, name)
        if descriptor.is_repeated:
            getattr(target, descriptor.name).extend(value)
        else:
            setattr(target, descriptor.name, value)
    return result


def _customer(row: Any, account: Account) -> None:
    customer = row.customer
    customer.resource_name = f"customers/{account.id}"
    customer.id, customer.descriptive_name = int(account.id), account.name
    customer.currency_code, customer.time_zone = account.currency, account.time_zone
    customer.manager, customer.test_account, customer.auto_tagging_enabled = account.is_manager, False, True
    _set_enum(customer, "status", "ENABLED")
    tracking = customer.conversion_tracking_setting
    tracking.google_ads_conversion_customer = customer.resource_name
    tracking.accepted_customer_data_terms = True
    _set_enum(tracking, "conversion_tracking_status", "CONVERSION_TRACKING_MANAGED_BY_SELF")
    _set_enum(tracking, "enablement_setting", "ON")
    _set_enum(tracking, "effective_enablement_setting", "ON")
    customer.call_reporting_setting.call_reporting_enabled = True
    customer.customer_agreement_setting.accepted_lead_form_terms = True


def _customer_rows(account: Account, _clicks: Clicks) -> list[Any]:
    row = RowMessage()
    _customer(row, account)
    return [row]


def _customer_client_rows(account: Account, _clicks: Clicks) -> list[Any]:
    """The account itself at level 0, then a manager's clients at level 1."""
    rows = []
    for level, client in enumerate([account, *(ACCOUNTS[client_id] for client_id in account.client_ids)]):
        row = RowMessage()
        _customer(row, account)
        entry = row.customer_client
        entry.resource_name = f"customers/{account.id}/customerClients/{client.id}"
        entry.client_customer, entry.id = f"customers/{client.id}", int(client.id)
        entry.descriptive_name, entry.level = client.name, min(level, 1)
        entry.manager, entry.hidden, entry.test_account = client.is_manager, False, False
        entry.currency_code, entry.time_zone = client.currency, client.time_zone
        _set_enum(entry, "status", "ENABLED")
        rows.append(row)
    return rows


def _conversion_action_rows(account: Account, _clicks: Clicks) -> list[Any]:
    rows = []
    for action in actions_of(account):
        row = RowMessage()
        _customer(row, account)
        entry = row.conversion_action
        entry.resource_name = f"customers/{account.id}/conversionActions/{action.id}"
        entry.id, entry.name = int(action.id), action.name
        entry.owner_customer = f"customers/{account.id}"
        entry.primary_for_goal = action.counting_type == ONE_PER_CLICK
        entry.click_through_lookback_window_days = action.window_days
        entry.value_settings.default_value = action.default_value
        entry.value_settings.default_currency_code = account.currency
        entry.value_settings.always_use_default_value = False
        _set_enum(entry.attribution_model_settings, "attribution_model", "GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN")
        for field, name in (
            ("type", action.type),
            ("category", action.category),
            ("status", "ENABLED"),
            ("counting_type", action.counting_type),
        ):
            _set_enum(entry, field, name)
        rows.append(row)
    return rows


def _campaign_rows(account: Account, _clicks: Clicks) -> list[Any]:
    rows = []
    for day in campaigns.days(account, datetime.now(UTC).date()):
        row = RowMessage()
        _customer(row, account)
        row.campaign.resource_name = f"customers/{account.id}/campaigns/{day.campaign.id}"
        _set_enum(row.campaign, "advertising_channel_type", day.campaign.kind)
        _set_enum(row.campaign, "status", "ENABLED")
        campaigns.fill_cost(row, day)
        rows.append(row)
    return rows


def _click_view_rows(account: Account, clicks: Clicks) -> list[Any]:
    rows = []
    for gclid, campaign, day in clicks.of(account, datetime.now(UTC).date()):
        row = RowMessage()
        _customer(row, account)
        campaigns.fill_click(row, account.id, gclid, campaign, day)
        _set_enum(row.campaign, "advertising_channel_type", campaign.kind)
        _set_enum(row.segments, "device", "MOBILE")
        _set_enum(row.segments, "ad_network_type", "SEARCH")
        if campaign.keyword:
            _set_enum(row.click_view.keyword_info, "match_type", "PHRASE")
        rows.append(row)
    return rows


def _summary_rows(account: Account, clicks: Clicks) -> list[Any]:
    row = RowMessage()
    _customer(row, account)
    return [row] if summaries.fill(getattr(row, SUMMARY), clicks.store, account.id) else []


def _set_enum(message: Any, field: str, name: str) -> None:
    descriptor = _descriptor(message, field)
    setattr(message, descriptor.name, descriptor.enum_type.values_by_name[name].number)


BUILDERS: dict[str, Callable[[Account, Clicks], list[Any]]] = {
    "customer": _customer_rows,
    "customer_client": _customer_client_rows,
    "conversion_action": _conversion_action_rows,
    "campaign": _campaign_rows,
    "click_view": _click_view_rows,
    SUMMARY: _summary_rows,
}
