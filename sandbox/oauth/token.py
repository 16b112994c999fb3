"""POST /token, POST /revoke, GET /oauth2/v3/userinfo and /oauth2/v1/certs, with Google's own JSON errors."""

import base64
from hashlib import sha256

from sandbox.faults import Faults
from sandbox.oauth import scopes as scope_names
from sandbox.oauth.clients import Client
from sandbox.oauth.grants import ACCESS_SECONDS, Grants, Token
from sandbox.oauth.id_token import IdTokens
from sandbox.people import PEOPLE
from sandbox.web import Request, Response, Routes, json_response


class OAuthError(Exception):
    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.response = json_response({"error": code, "error_description": description}, status)


class Tokens:
    def __init__(self, client: Client, grants: Grants, id_tokens: IdTokens, faults: Faults) -> None:
        self._client, self._grants, self._id_tokens, self._faults = client, grants, id_tokens, faults

    def routes(self) -> Routes:
        return {
            ("POST", "/token"): self.token,
            ("POST", "/revoke"): self.revoke,
            ("GET", "/oauth2/v3/userinfo"): self.userinfo,
            ("GET", "/oauth2/v1/certs"): lambda _request: json_response(self._id_tokens.public_keys()),
        }

    def token(self, request: Request) -> Response:
        self._faults.stop_if_down("token")
        fields = dict(request.form())
        try:
            self._check_client(fields, request.headers.get("Authorization", ""))
            kind = fields.get("grant_type")
            if kind == "authorization_code":
                return self._exchange(fields)
            if kind == "refresh_token":
                return self._refresh(fields)
            raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {(kind or '')[:50]}")
        except OAuthError as error:
            return error.response

    def revoke(self, request: Request) -> Response:
        self._faults.stop_if_down("revoke")
        value = dict(request.form()).get("token") or request.query.get("token", "")
        if self._grants.revoke_token(value):
            return json_response({})
        description = "Token expired or revoked"
        return json_response({"error": "invalid_token", "error_description": description}, 400)

    def userinfo(self, request: Request) -> Response:
        token = self._grants.find(bearer(request.headers.get("Authorization", "")), "access")
        if token is None:
            return json_response({"error": "invalid_request", "error_description": "Invalid Credentials"}, 401)
        return json_response(_claims(token))

    def _check_client(self, fields: dict[str, str], authorization: str) -> None:
        client_id, secret = fields.get("client_id", ""), fields.get("client_secret", "")
        if authorization.startswith("Basic "):
            try:
                client_id, _, secret = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
            except ValueError as error:
                raise OAuthError("invalid_client", "The header is not valid.", 401) from error
        if client_id != self._client.id:
            raise OAuthError("invalid_client", "The OAuth client was not found.", 401)
        if not self._client.has_secret(secret):
            raise OAuthError("invalid_client", "The provided client secret is invalid.", 401)

    def _exchange(self, fields: dict[str, str]) -> Response:
        code = self._grants.spend_code(fields.get("code", ""))
        if code is None or code.token.client_id != self._client.id:
            raise OAuthError("invalid_grant", "Malformed auth code.")
        if fields.get("redirect_uri") != code.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "Bad Request")
        if code.challenge:
            verifier = fields.get("code_verifier", "")
            if not verifier:
                raise OAuthError("invalid_grant", "Missing code verifier.")
            made = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            if made != code.challenge:
                raise OAuthError("invalid_grant", "Invalid code verifier.")
        answer = self._access(code.token)
        if code.offline:
            answer["refresh_token"] = self._grants.issue("refresh", code.token)
        if scope_names.OPENID in code.token.scopes:
            answer["id_token"] = self._id_tokens.make(self._client.id, code.nonce, _claims(code.token))
        return json_response(answer)

    def _refresh(self, fields: dict[str, str]) -> Response:
        token = self._grants.find(fields.get("refresh_token", ""), "refresh")
        if token is None or token.client_id != self._client.id:
            raise OAuthError("invalid_grant", "Token has been expired or revoked.")
        asked = fields.get("scope")
        if asked:
            try:
                wanted = scope_names.parse(asked)
            except ValueError:
                wanted = (asked,)
            if not set(wanted) <= set(token.scopes):
                raise OAuthError("invalid_scope", "Bad Request")
            token = Token(token.grant_id, token.client_id, token.person, wanted)
        return json_response(self._access(token))

    def _access(self, token: Token) -> dict[str, object]:
        return {
            "access_token": self._grants.issue("access", token),
            "expires_in": ACCESS_SECONDS,
            "scope": " ".join(token.scopes),
            "token_type": "Bearer",
        }


def bearer(authorization: str) -> str:
    """The token of an Authorization header, or the empty string."""
    scheme, _, value = authorization.partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def _claims(token: Token) -> dict[str, object]:
    """Who the person is, as far as the scopes allow."""
    person = PEOPLE[token.person]
    claims: dict[str, object] = {"sub": person.id}
    if scope_names.EMAIL in token.scopes:
        claims |= {"email": person.email, "email_verified": True}
    if scope_names.PROFILE in token.scopes:
        claims["name"] = person.name
    return claims
