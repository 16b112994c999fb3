"""Uploads through the Google Ads API, for installations that Google still lets use it: verdicts come at once, by row.

The events are the same frozen ones, in the Data Manager's form; what they say is written into Google's messages.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from google.oauth2.credentials import Credentials

from app.core.config import Settings
from app.core.errors import LeaderError, PermanentError, RetryableError
from app.integrations.google.google_ads_client import AdsClient
from app.integrations.google.google_ads_errors import TokenRefusedError, enum_name
from app.integrations.google.uploading import AccessEndedError, Answer, Parcel, RefusedError, Sent, WayClosedError

NOT_ALLOWED = "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"
_CONSENT = {"CONSENT_GRANTED": "GRANTED", "CONSENT_DENIED": "DENIED"}
_HASHED = {"emailAddress": "hashed_email", "phoneNumber": "hashed_phone_number"}


class AdsUploads:
    """One connection's line. Raises as `Uploader` says, and WayClosedError when Google lets nobody in here."""

    def __init__(self, settings: Settings, credentials: Credentials) -> None:
        self._ads = AdsClient(settings, credentials)

    def send(self, parcel: Parcel) -> Sent:
        frame, events = json.loads(parcel.frame), [json.loads(event) for event in parcel.events]
        (destination,) = frame["destinations"]
        owner = destination["operatingAccount"]["accountId"]
        request = self._ads.message("UploadClickConversionsRequest")
        request.customer_id, request.partial_failure = owner, True
        action = f"customers/{owner}/conversionActions/{destination['productDestinationId']}"
        for event in events:
            _write(request.conversions.add(conversion_action=action), event, self._ads.enum)
        answer = self._upload(request, destination["loginAccount"]["accountId"])
        return Sent(str(answer.job_id), self._verdicts(answer.partial_failure_error, len(events)))

    def ask(self, request_id: str) -> Answer:
        """Never needed: each sending brings its verdicts. Whoever asks all the same is to send again."""
        raise PermanentError("Nothing is open here.", reason="INVALID_REQUEST_ID")

    def _upload(self, request: Any, login: str) -> Any:
        self._ads.begin()
        service = self._ads.service("ConversionUploadService", login=login)
        try:
            return self._ads.call(service.upload_click_conversions, request=request)
        except LeaderError as error:
            raise _explain(error) from error

    def _verdicts(self, status: Any, size: int) -> Sequence[str]:
        """The reason of each row, empty where it counts. An error that names no row refuses them all."""
        verdicts = [""] * size
        failure = type(self._ads.message("GoogleAdsFailure"))
        for detail in status.details:
            for error in failure.FromString(detail.value).errors:
                name, row = _name(error), _row(error)
                if name == NOT_ALLOWED:
                    raise _closed()
                if row is None or row >= size:
                    raise RefusedError("Google refused this upload.", reason=name)
                verdicts[row] = verdicts[row] or name
        return verdicts


def _write(conversion: Any, event: Mapping[str, Any], enum: Any) -> None:
    conversion.order_id = event["transactionId"]
    at = datetime.fromisoformat(event["eventTimestamp"])
    conversion.conversion_date_time = at.strftime("%Y-%m-%d %H:%M:%S+00:00")
    conversion.conversion_value, conversion.currency_code = event["conversionValue"], event["currency"]
    conversion.conversion_environment = enum("ConversionEnvironmentEnum", "WEB")
    for name, value in event.get("adIdentifiers", {}).items():
        setattr(conversion, name, value)
    for identifier in event.get("userData", {}).get("userIdentifiers", ()):
        for name, value in identifier.items():
            setattr(conversion.user_identifiers.add(), _HASHED[name], value)
    choice = event.get("consent", {}).get("adUserData")
    if choice:
        conversion.consent.ad_user_data = enum("ConsentStatusEnum", _CONSENT[choice])


def _name(error: Any) -> str:
    family = error.error_code.WhichOneof("error_code") or ""
    return enum_name(error.error_code, family) if family else "UNKNOWN"


def _row(error: Any) -> int | None:
    """The number of the conversion that the error is about."""
    found = (part.index for part in error.location.field_path_elements if part.field_name == "conversions")
    return next(found, None)


def _explain(error: LeaderError) -> LeaderError:
    """As the outbox knows it."""
    if error.reason == NOT_ALLOWED:
        return _closed()
    if isinstance(error, TokenRefusedError):
        return AccessEndedError(error.sentence, reason="UNAUTHENTICATED")
    if isinstance(error, RetryableError):
        return error
    is_theirs = error.reason in ("INVALID_ARGUMENT", "UNKNOWN")
    return RefusedError(error.sentence, reason=error.reason, is_theirs=is_theirs)


def _closed() -> WayClosedError:
    return WayClosedError("Google takes no uploads this way from this installation.", reason=NOT_ALLOWED)
