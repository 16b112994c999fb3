"""GET /o/oauth2/v2/auth: choose an account, then allow or refuse. The way back carries a code or an error."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sandbox.oauth import scopes as scope_names
from sandbox.oauth.clients import Client
from sandbox.oauth.grants import Grants
from sandbox.pages import page
from sandbox.people import PEOPLE
from sandbox.web import Request, Response, Routes, redirect

PATH = "/o/oauth2/v2/auth"
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PARAMETERS = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "access_type",
    "prompt",
    "nonce",
    "include_granted_scopes",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
)
MAX_PARAMETER = 2048


class RefusedError(Exception):
    """The request is wrong in a way that must not be sent to the redirect address: a page says so."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@dataclass(frozen=True)
class Ask:
    """A checked authorization request."""

    parameters: dict[str, str]
    scopes: tuple[str, ...]

    @property
    def redirect_uri(self) -> str:
        return self.parameters["redirect_uri"]

    @property
    def wants_consent(self) -> bool:
        return "consent" in self.parameters.get("prompt", "").split()

    @property
    def offline(self) -> bool:
        return self.parameters.get("access_type") == "offline"

    @property
    def merges(self) -> bool:
        return self.parameters.get("include_granted_scopes") == "true"

    def answer(self, **values: str) -> Response:
        """Back to the client, with its state."""
        if "state" in self.parameters:
            values["state"] = self.parameters["state"]
        return redirect(_with_query(self.redirect_uri, values))


def _with_query(uri: str, values: dict[str, str]) -> str:
    parts = urlsplit(uri)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *values.items()])
    return urlunsplit(parts._replace(query=query))


class Authorize:
    def __init__(self, client: Client, grants: Grants) -> None:
        self._client, self._grants = client, grants

    def routes(self) -> Routes:
        return {("GET", PATH): self.show, ("POST", PATH): self.decide}

    def show(self, request: Request) -> Response:
        try:
            ask = self._checked(request.query)
        except RefusedError as refused:
            return _refused_page(refused)
        if isinstance(ask, Response):
            return ask
        person = PEOPLE.get(request.query.get("practice_person", ""))
        if person is None:
            links = [(p, f"{PATH}?{urlencode({**ask.parameters, 'practice_person': p.id})}") for p in PEOPLE.values()]
            return page("practice/accounts.html", {"app": self._client.name, "links": links})
        granted = self._grants.scopes(self._client.id, person.id)
        if set(ask.scopes) <= set(granted) and not ask.wants_consent:
            return self._allow(ask, person.id, ask.scopes, first=False)
        data = {
            "app": self._client.name,
            "person": person,
            "granted": granted,
            "path": PATH,
            "parameters": ask.parameters,
            "redirect_host": urlsplit(ask.redirect_uri).netloc,
            "choices": [(s, scope_names.WORDING[s], s in scope_names.OPTIONAL) for s in ask.scopes],
        }
        # Browsers apply form-action to redirects too.
        return page("practice/consent.html", data, form_action=[_origin(ask.redirect_uri)])

    def decide(self, request: Request) -> Response:
        """The consent form came back. Everything in it is checked again: it passed through a browser."""
        fields = request.form()
        try:
            ask = self._checked(dict(fields))
        except RefusedError as refused:
            return _refused_page(refused)
        if isinstance(ask, Response):
            return ask
        person = PEOPLE.get(dict(fields).get("practice_person", ""))
        if person is None:
            return _refused_page(RefusedError("invalid_request", "No account was chosen."))
        ticked = {value for name, value in fields if name == "allow"}
        chosen = tuple(s for s in ask.scopes if s in ticked or s not in scope_names.OPTIONAL)
        if dict(fields).get("decision") != "allow" or not chosen:
            return ask.answer(error="access_denied")
        first = not self._grants.scopes(self._client.id, person.id)
        return self._allow(ask, person.id, chosen, first=first)

    def _allow(self, ask: Ask, person: str, chosen: tuple[str, ...], *, first: bool) -> Response:
        given = scope_names.join(chosen, self._grants.scopes(self._client.id, person)) if ask.merges else chosen
        grant_id = self._grants.allow(self._client.id, person, chosen)
        code = self._grants.issue_code(
            grant_id,
            given,
            redirect_uri=ask.redirect_uri,
            challenge=ask.parameters.get("code_challenge", ""),
            nonce=ask.parameters.get("nonce", ""),
            offline=ask.offline and (first or ask.wants_consent),
        )
        return ask.answer(code=code, scope=" ".join(given))

    def _checked(self, values: dict[str, str]) -> Ask | Response:
        """The checked request; or the redirect that tells the client what is wrong with it."""
        given = {name: values[name] for name in PARAMETERS if values.get(name)}
        if any(len(value) > MAX_PARAMETER for value in given.values()):
            raise RefusedError("invalid_request", "A parameter is too long.")
        if given.get("client_id") != self._client.id:
            raise RefusedError("invalid_client", "The OAuth client was not found.")
        if not self._client.may_redirect_to(given.get("redirect_uri", "")):
            raise RefusedError("redirect_uri_mismatch", "The redirect address is not registered for this client.")
        back = Ask(given, ())
        if given.get("response_type") != "code":
            return back.answer(error="unsupported_response_type")
        try:
            asked = scope_names.parse(given.get("scope", ""))
        except ValueError as error:
            raise RefusedError("invalid_scope", f"Some requested scopes are not known: {error}") from error
        if not asked:
            raise RefusedError("invalid_request", "Missing required parameter: scope.")
        challenge = given.get("code_challenge")
        if challenge and (given.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge)):
            return back.answer(error="invalid_request", error_description="Only PKCE with S256 is accepted.")
        return Ask(given, asked)


def _refused_page(refused: RefusedError) -> Response:
    return page("practice/refused.html", {"code": refused.code, "sentence": refused.sentence}, status=400)


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
