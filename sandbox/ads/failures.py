"""GoogleAdsFailure, the error message of the Google Ads API, in the trailing metadata of a failed call."""

import uuid
from typing import Any, NoReturn

import grpc
from google.ads.googleads.v26.errors.types.errors import GoogleAdsFailure

FAILURE_KEY = "google.ads.googleads.v26.errors.googleadsfailure-bin"
FailureMessage = GoogleAdsFailure.pb()


class AdsError(Exception):
    """`family` is a field of ErrorCode, `name` a value of its enum; without a family no failure is sent."""

    def __init__(self, status: grpc.StatusCode, message: str, family: str | None = None, name: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.family, self.name = status, message, family, name

    def abort(self, context: Any) -> NoReturn:
        request_id = uuid.uuid4().hex[:22]
        metadata: list[tuple[str, str | bytes]] = [("request-id", request_id)]
        if self.family:
            failure = FailureMessage(request_id=request_id)
            error = failure.errors.add(message=self.message)
            value = error.error_code.DESCRIPTOR.fields_by_name[self.family].enum_type.values_by_name[self.name]
            setattr(error.error_code, self.family, value.number)
            metadata.append((FAILURE_KEY, failure.SerializeToString()))
        context.set_trailing_metadata(tuple(metadata))
        context.abort(self.status, self.message)
        raise AssertionError("abort() raises")


def denied(name: str, message: str) -> AdsError:
    return AdsError(grpc.StatusCode.PERMISSION_DENIED, message, "authorization_error", name)


def unauthenticated(name: str, message: str) -> AdsError:
    return AdsError(grpc.StatusCode.UNAUTHENTICATED, message, "authentication_error", name)


def bad_query(name: str, message: str) -> AdsError:
    return AdsError(grpc.StatusCode.INVALID_ARGUMENT, message, "query_error", name)
