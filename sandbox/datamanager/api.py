"""POST /v1/events:ingest and GET /v1/requestStatus:retrieve, as Google's own client calls them."""

import re
import uuid
from dataclasses import replace
from typing import Any

from google.ads.datamanager_v1.types.ingestion_service import IngestEventsRequest, IngestEventsResponse
from google.protobuf import json_format

from sandbox.datamanager import magic
from sandbox.datamanager.errors import CODE_OF_REASON, ApiError, Violation, invalid
from sandbox.datamanager.ledger import Ledger
from sandbox.datamanager.status import MAX_AGE_SECONDS, status_message
from sandbox.datamanager.validation import click_ids, violations
from sandbox.faults import Faults
from sandbox.oauth.grants import Grants, Token
from sandbox.oauth.scopes import DATA_MANAGER
from sandbox.oauth.token import bearer
from sandbox.people import reachable
from sandbox.web import JSON, Request, Response, Routes

RequestMessage, ResponseMessage = IngestEventsRequest.pb(), IngestEventsResponse.pb()
REFUSALS = {
    magic.RATE_LIMIT: (429, "Quota exceeded for quota metric 'Ingestion requests'."),
    magic.UNAVAILABLE: (503, "The service is currently unavailable."),
    magic.INTERNAL: (500, "Internal error encountered."),
}
FAULT_REFUSALS = {"429": REFUSALS[magic.RATE_LIMIT], "500": REFUSALS[magic.INTERNAL]}


class DataManager:
    def __init__(self, grants: Grants, ledger: Ledger, faults: Faults) -> None:
        self._grants, self._ledger, self._faults = grants, ledger, faults

    def routes(self) -> Routes:
        return {
            ("POST", "/v1/events:ingest"): lambda request: _answered(self.ingest, request),
            ("GET", "/v1/requestStatus:retrieve"): lambda request: _answered(self.status, request),
        }

    def ingest(self, request: Request) -> Response:
        self._faults.stop_if_down("ingest")
        fault = self._faults.of("ingest")
        if fault in FAULT_REFUSALS:
            raise ApiError(*FAULT_REFUSALS[fault])
        token = self._authenticated(request)
        message = _parsed(request.body)
        _check_access(token, message)
        _check_rows(message, are_named=self._faults.of("rows") != "unnamed")
        specials = _specials(message)
        self._refuse_as_asked(specials, token)
        if message.validate_only:
            # Google gives an id, but no status can be had for it.
            return _json(ResponseMessage(request_id=str(uuid.uuid4())))
        refuse = self._faults.of("known_id") == "duplicate"
        answer = _json(ResponseMessage(request_id=self._ledger.record(token.person, message, refuse_known=refuse)))
        if fault == "slow" or magic.SLOW in specials:
            self._faults.wait_slowly()
        if fault == "cut" or magic.CUT in specials:
            return Response(answer.body, cut_after=len(answer.body) // 2)
        return answer

    def status(self, request: Request) -> Response:
        self._faults.stop_if_down("status")
        token = self._authenticated(request)
        stored = self._ledger.find(request.query.get("requestId", ""))
        if stored is None or stored.person != token.person:
            description = "The request ID is not valid. Validate-only requests have no status."
            raise invalid([Violation("request_id", "INVALID_REQUEST_ID", description)])
        if self._ledger.age_seconds(stored) > MAX_AGE_SECONDS:
            raise invalid([Violation("request_id", "REQUEST_TOO_OLD", "The request is too old.")])
        tally = self._ledger.tally(stored.id)
        return _json(status_message(stored.destinations, tally, is_due=self._ledger.is_due(stored)))

    def _authenticated(self, request: Request) -> Token:
        token = self._grants.find(bearer(request.headers.get("Authorization", "")), "access")
        if token is None:
            raise ApiError(
                401,
                "Request had invalid authentication credentials. Expected OAuth 2 access token.",
                reason="ACCESS_TOKEN_EXPIRED",
            )
        if DATA_MANAGER not in token.scopes:
            message = "Request had insufficient authentication scopes."
            raise ApiError(403, message, reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        return token

    def _refuse_as_asked(self, specials: set[str], token: Token) -> None:
        if magic.TOKEN_DEAD in specials:
            self._grants.revoke(token.grant_id, by="a magic click id")
            raise ApiError(401, "Request had invalid authentication credentials.", reason="ACCESS_TOKEN_EXPIRED")
        for name, refusal in REFUSALS.items():
            if name in specials:
                raise ApiError(*refusal)


def _answered(handler: Any, request: Request) -> Response:
    try:
        response: Response = handler(request)
        return response
    except ApiError as error:
        return error.response


def _parsed(body: bytes) -> Any:
    message = RequestMessage()
    try:
        json_format.Parse(body.decode(), message)
    except (json_format.ParseError, ValueError, RecursionError) as error:
        raise ApiError(400, f"Invalid JSON payload received. {str(error)[:300]}") from error
    return message


def _check_access(token: Token, message: Any) -> None:
    for destination in message.destinations:
        account = destination.operating_account.account_id
        login = destination.login_account.account_id or account
        # A missing account is a malformed request, for the validation to name.
        if account and not reachable(token.person, login, account):
            raise ApiError(403, "The caller does not have permission.", reason="PERMISSION_DENIED")


def _check_rows(message: Any, *, are_named: bool) -> None:
    found = violations(message)
    if not found:
        return
    code = CODE_OF_REASON.get(found[0].reason)
    if code:
        raise ApiError(code, found[0].description, reason=found[0].reason)
    raise invalid(found if are_named else [replace(found[0], field=re.sub(r"\[\d+\]", "", found[0].field))])


def _specials(message: Any) -> set[str]:
    wanted = (magic.read(value) for event in message.events for _kind, value in click_ids(event))
    return {m.name for m in wanted if m and m.kind == magic.SPECIAL}


def _json(message: Any) -> Response:
    return Response(json_format.MessageToJson(message, indent=None).encode(), 200, JSON)
