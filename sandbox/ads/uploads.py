"""UploadClickConversions: each row is judged at once, and one that cannot be taken keeps none of the others back.

Magic click ids as for the Data Manager: `TEST_<NAME>` with any name of Google's ConversionUploadError refuses that row;
CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE refuses it with the error of that name.
"""

import re
from typing import Any

import grpc
from google.ads.googleads.v26.errors.types.conversion_upload_error import ConversionUploadErrorEnum
from google.ads.googleads.v26.services.types.conversion_upload_service import UploadClickConversionsResponse
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.status_pb2 import Status

from sandbox.ads.failures import AdsError, FailureMessage
from sandbox.datamanager.ledger import Conversion, Ledger
from sandbox.datamanager.verdict import SHAPES
from sandbox.people import ONE_PER_CLICK, UPLOAD_CLICKS, Account, find_action

NOT_ALLOWED = "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"
FAMILY = "conversion_upload_error"
NAMES = frozenset(member.name for member in ConversionUploadErrorEnum.ConversionUploadError)
ACTION = re.compile(r"customers/\d+/conversionActions/(\d+)")
MOST_ROWS = 2_000
KINDS = ("gclid", "gbraid", "wbraid")


class Uploads:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def take(self, request: Any, account: Account) -> Any:
        """The response, with the errors of rows in `partial_failure_error`. Raises AdsError for the whole request."""
        if not request.partial_failure:
            raise _invalid("partial_failure must be true.", FAMILY, "UNSPECIFIED")
        if len(request.conversions) > MOST_ROWS:
            raise _invalid("Too many conversions.", FAMILY, "TOO_MANY_CONVERSIONS_IN_REQUEST")
        response, failure = UploadClickConversionsResponse.pb()(job_id=2**31), FailureMessage()
        for index, row in enumerate(request.conversions):
            name = _problem(row, account)
            if not name and not request.validate_only and not self._ledger.count(_conversion(row, account)):
                name = "ORDER_ID_ALREADY_IN_USE"
            result = response.results.add()
            if name:
                _add_error(failure, name, index)
            else:
                result.gclid, result.conversion_action = row.gclid, row.conversion_action
        if failure.errors:
            packed = AnyMessage()
            packed.Pack(failure)
            response.partial_failure_error.CopyFrom(Status(code=3, message=failure.errors[0].message, details=[packed]))
        return response


def _problem(row: Any, account: Account) -> str:
    """The name of the row's error; empty when it counts."""
    kind = next((kind for kind in KINDS if getattr(row, kind)), "")
    click_id = getattr(row, kind) if kind else ""
    wanted = _wanted(click_id)
    if wanted is not None:
        return wanted
    action = _action(row, account)
    if action is None:
        return "NO_CONVERSION_ACTION_FOUND"
    if action.type != UPLOAD_CLICKS:
        return "INVALID_CONVERSION_ACTION_TYPE"
    if kind in ("gbraid", "wbraid") and action.counting_type == ONE_PER_CLICK:
        return "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID"
    if kind:
        return "" if SHAPES[kind].fullmatch(click_id) else f"UNPARSEABLE_{kind.upper()}"
    return "" if row.user_identifiers else "CLICK_NOT_FOUND"


def _wanted(click_id: str) -> str | None:
    """The error that a magic click id asks for, empty for TEST_OK; None when it is none."""
    if not click_id.startswith("TEST_"):
        return None
    rest = click_id.removeprefix("TEST_")
    names = [name for name in (*NAMES, NOT_ALLOWED) if re.match(rf"{name}(?![A-Z])", rest)]
    return max(names, key=len) if names else "" if rest.startswith("OK") else None


def _action(row: Any, account: Account) -> Any:
    found = ACTION.fullmatch(row.conversion_action)
    return find_action(account.id, found[1]) if found else None


def _conversion(row: Any, account: Account) -> Conversion:
    action = _action(row, account)
    return Conversion(
        account=account.id,
        action=action.id if action else "",
        transaction_id=row.order_id,
        value=row.conversion_value,
        currency=row.currency_code or account.currency,
        click_id=row.gclid or row.gbraid or row.wbraid,
    )


def _add_error(failure: Any, name: str, index: int) -> None:
    error = failure.errors.add(message=f"The conversion was not taken: {name}.")
    family = "not_allowlisted_error" if name == NOT_ALLOWED else FAMILY
    enum = error.error_code.DESCRIPTOR.fields_by_name[family].enum_type
    setattr(error.error_code, family, enum.values_by_name[name].number)
    error.location.field_path_elements.add(field_name="conversions", index=index)


def _invalid(message: str, family: str, name: str) -> AdsError:
    return AdsError(grpc.StatusCode.INVALID_ARGUMENT, message, family, name)
