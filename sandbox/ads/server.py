"""The gRPC server: the methods that Google's own google-ads client calls, by their real names, over TLS."""

import uuid
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
from google.ads.googleads.v26.services.types.conversion_action_service import (
    MutateConversionActionsRequest,
    MutateConversionActionsResponse,
)
from google.ads.googleads.v26.services.types.conversion_upload_service import UploadClickConversionsRequest
from google.ads.googleads.v26.services.types.customer_service import (
    ListAccessibleCustomersRequest,
    ListAccessibleCustomersResponse,
)
from google.ads.googleads.v26.services.types.google_ads_service import (
    SearchGoogleAdsRequest,
    SearchGoogleAdsResponse,
    SearchGoogleAdsStreamRequest,
    SearchGoogleAdsStreamResponse,
)

from sandbox.ads import gaql, rows
from sandbox.ads.actions import Actions
from sandbox.ads.campaigns import Clicks
from sandbox.ads.failures import AdsError, denied, unauthenticated
from sandbox.ads.uploads import NOT_ALLOWED, Uploads
from sandbox.faults import Faults
from sandbox.oauth.grants import Grants, Token
from sandbox.oauth.scopes import ADS
from sandbox.oauth.token import bearer
from sandbox.people import ACCOUNTS, PEOPLE, Account, ConversionAction, reachable

PACKAGE = "google.ads.googleads.v26.services"
THREADS = 4
# Without this a second server would share the port in silence instead of failing.
OPTIONS = (("grpc.so_reuseport", 0),)


class PortTakenError(Exception):
    """Somebody else listens there."""


class AdsServer:
    def __init__(
        self,
        grants: Grants,
        faults: Faults,
        clicks: Clicks,
        actions: Actions,
        uploads: Uploads,
        port: int,
        key: bytes,
        certificate: bytes,
    ) -> None:
        self._grants, self._faults, self._clicks, self._actions = grants, faults, clicks, actions
        self._uploads = uploads
        self._server = grpc.server(futures.ThreadPoolExecutor(THREADS), options=OPTIONS)
        self._server.add_generic_rpc_handlers(tuple(self._handlers()))
        credentials = grpc.ssl_server_credentials([(key, certificate)])
        try:
            self.port: int = self._server.add_secure_port(f"127.0.0.1:{port}", credentials)
        except RuntimeError as error:
            raise PortTakenError from error
        self.endpoint = f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop(0).wait(2)

    def _handlers(self) -> Iterator[grpc.GenericRpcHandler]:
        yield grpc.method_handlers_generic_handler(
            f"{PACKAGE}.CustomerService",
            {"ListAccessibleCustomers": _unary(self.list_accessible_customers, ListAccessibleCustomersRequest)},
        )
        stream = grpc.unary_stream_rpc_method_handler(
            self.search_stream, SearchGoogleAdsStreamRequest.pb().FromString, _serialize
        )
        yield grpc.method_handlers_generic_handler(
            f"{PACKAGE}.GoogleAdsService",
            {"Search": _unary(self.search, SearchGoogleAdsRequest), "SearchStream": stream},
        )
        yield grpc.method_handlers_generic_handler(
            f"{PACKAGE}.ConversionActionService",
            {"MutateConversionActions": _unary(self.mutate_conversion_actions, MutateConversionActionsRequest)},
        )

        yield grpc.method_handlers_generic_handler(
            f"{PACKAGE}.ConversionUploadService",
            {"UploadClickConversions": _unary(self.upload_click_conversions, UploadClickConversionsRequest)},
        )

    def list_accessible_customers(self, _request: Any, context: Any) -> Any:
        try:
            accounts = PEOPLE[self._authenticated(context).person].account_ids
            if not accounts:
                raise unauthenticated("NOT_ADS_USER", "The Google account is not associated with any Ads accounts.")
            names = [f"customers/{account}" for account in accounts]
            return ListAccessibleCustomersResponse.pb()(resource_names=names)
        except AdsError as error:
            error.abort(context)

    def mutate_conversion_actions(self, request: Any, context: Any) -> Any:
        """Makes actions that take uploads; changes and removals are not answered."""
        try:
            token = self._authenticated(context)
            account = _account(token.person, request.customer_id, _metadata(context).get("login-customer-id", ""))
            made = [self._actions.make(account, _wanted(operation.create)) for operation in request.operations]
        except AdsError as error:
            error.abort(context)
        response = MutateConversionActionsResponse.pb()()
        for number in made:
            response.results.add(resource_name=f"customers/{account.id}/conversionActions/{number}")
        return response

    def upload_click_conversions(self, request: Any, context: Any) -> Any:
        """Faults: closed to this installation; slow; or taken, and then the line is cut."""
        fault = self._faults.of("ads_uploads")
        try:
            token = self._authenticated(context)
            account = _account(token.person, request.customer_id, _metadata(context).get("login-customer-id", ""))
            if fault == "closed":
                message = "The customer is not allowlisted for this feature."
                status = grpc.StatusCode.PERMISSION_DENIED
                raise AdsError(status, message, "not_allowlisted_error", NOT_ALLOWED)
            response = self._uploads.take(request, account)
            if fault == "slow":
                self._faults.wait_slowly()
            if fault == "cut":
                raise AdsError(grpc.StatusCode.UNAVAILABLE, "Connection reset.")
        except AdsError as error:
            error.abort(context)
        return response

    def search(self, request: Any, context: Any) -> Any:
        try:
            query, found = self._found(request, context)
        except AdsError as error:
            error.abort(context)
        response = SearchGoogleAdsResponse.pb()(results=found, total_results_count=len(found))
        response.field_mask.paths.extend(query.fields)
        return response

    def search_stream(self, request: Any, context: Any) -> Iterator[Any]:
        try:
            query, found = self._found(request, context)
        except AdsError as error:
            error.abort(context)
        response = SearchGoogleAdsStreamResponse.pb()(results=found, request_id=uuid.uuid4().hex[:22])
        response.field_mask.paths.extend(query.fields)
        yield response

    def _found(self, request: Any, context: Any) -> tuple[gaql.Query, list[Any]]:
        token = self._authenticated(context)
        account = _account(token.person, request.customer_id, _metadata(context).get("login-customer-id", ""))
        query = gaql.parse(request.query)
        if "FROM conversion_action" in request.query and self._faults.of("ads") == "forbidden":
            raise denied("ACTION_NOT_PERMITTED", "The login has read-only access.")
        if "FROM conversion_action" in request.query and self._faults.of("ads") == "scopeless":
            raise AdsError(grpc.StatusCode.PERMISSION_DENIED, "Request had insufficient authentication scopes.")
        return query, rows.answer(query, account, self._clicks)

    def _authenticated(self, context: Any) -> Token:
        if self._faults.of("ads") == "down":
            raise AdsError(grpc.StatusCode.UNAVAILABLE, "The service is currently unavailable.")
        if self._faults.of("ads") == "quota":
            message = "Too many requests. Retry in 30 seconds."
            raise AdsError(grpc.StatusCode.RESOURCE_EXHAUSTED, message, "quota_error", "RESOURCE_EXHAUSTED")
        token = self._grants.find(bearer(_metadata(context).get("authorization", "")), "access")
        if token is None:
            raise unauthenticated("OAUTH_TOKEN_INVALID", "Request had invalid authentication credentials.")
        if ADS not in token.scopes:
            # As at Google, this one comes from in front of the API and carries no failure message.
            raise AdsError(grpc.StatusCode.PERMISSION_DENIED, "Request had insufficient authentication scopes.")
        return token


def _wanted(message: Any) -> ConversionAction:
    """The action as it was asked for, with the names of its enums."""

    def name(field: str) -> str:
        enum = message.DESCRIPTOR.fields_by_name[field].enum_type
        return str(enum.values_by_number[getattr(message, field)].name)

    if not message.name:
        raise AdsError(grpc.StatusCode.INVALID_ARGUMENT, "A name is required.", "field_error", "REQUIRED")
    return ConversionAction(
        id="",
        name=message.name,
        category=name("category"),
        counting_type=name("counting_type"),
        type=name("type_"),
        default_value=message.value_settings.default_value,
        window_days=message.click_through_lookback_window_days or 30,
    )


def _account(person: str, customer_id: str, login_customer_id: str) -> Account:
    """The account to read, if the person may. A client of a manager needs the manager as login customer."""
    if not (customer_id.isascii() and customer_id.isdigit() and len(customer_id) == 10):
        status = grpc.StatusCode.INVALID_ARGUMENT
        raise AdsError(status, f"Invalid customer ID '{customer_id[:40]}'.", "request_error", "INVALID_CUSTOMER_ID")
    if not reachable(person, login_customer_id or customer_id, customer_id):
        raise denied(
            "USER_PERMISSION_DENIED",
            "User doesn't have permission to access customer. Note: If you're accessing a client customer,"
            " the manager's customer id must be set in the 'login-customer-id' header.",
        )
    return ACCOUNTS[customer_id]


def _metadata(context: Any) -> dict[str, str]:
    return dict(context.invocation_metadata())


def _unary(method: Any, request_type: Any) -> Any:
    return grpc.unary_unary_rpc_method_handler(method, request_type.pb().FromString, _serialize)


def _serialize(message: Any) -> bytes:
    serialized: bytes = message.SerializeToString()
    return serialized
