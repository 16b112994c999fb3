"""Everything needs a sign-in unless it says that it is public, and viewers only look."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.ctx import RequestContext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.exceptions import Forbidden
from werkzeug.routing import AnyConverter, Rule

from app.auth import access
from app.companies.models import Company
from app.core.db import db
from app.core.events import Actor
from app.core.tenancy import company_of, serve
from tests.fixtures.application import Owner
from tests.fixtures.browser import BASE_URL, Browser
from tests.fixtures.people import Person
from tests.fixtures.statements import Statements

PUBLIC = {
    "archives.check",
    "archives.kept",
    "archives.public_key",
    "archives.verify",
    "auth.sign_in",
    "auth.sign_up",
    "calls.hear",
    "hooks.hear",
    "legal.all_versions",
    "legal.changes",
    "legal.google",
    "legal.privacy",
    "legal.sub_processors",
    "legal.terms",
    "legal.version",
    "legal.versions_of_privacy",
    "notifications.show_unsubscribe",
    "notifications.unsubscribe",
    "onboarding.show_install_help",
    "privacy.check_certificate",
    "privacy.download_certificate",
    "privacy.show_certificate",
    "privacy.show_certificate_keys",
    "privacy_requests.ask_anybody",
    "privacy_requests.follow_passed",
    "privacy_requests.confirm_passed",
    "privacy_requests.ask",
    "privacy_requests.confirm",
    "privacy_requests.follow",
    "public.choose_cookies",
    "public.choose_language",
    "public.delete_cookie",
    "public.favicon",
    "public.healthz",
    "public.home",
    "public.readyz",
    "public.robots",
    "public.security_txt",
    "public.show_cookies",
    "public.sitemap",
    "statistics.show",
    "public.styleguide",
    "public.support",
    "recovery.ask_for_reset",
    "recovery.confirm",
    "recovery.reset",
    "recovery.show_confirmation",
    "static",
    "support.ask",
    "support.confirm",
    "support.download",
    "support.send_file",
    "support.thread",
    "support.write",
    "team.accept",
    "team.show_invitation",
    "two_step.ask",
}
"""Whatever is added here is open to the world. Capture is listed by its own tests."""


DESK_SIGN_IN = "desk.sign_in"
"""The only page of the desk that is open; the others have a guard of their own."""


def _guarded(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in PUBLIC and not rule.endpoint.startswith(("capture.", "desk."))
    ]


def _of_desk(app: Flask) -> list[Rule]:
    return [
        rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("desk.") and rule.endpoint != DESK_SIGN_IN
    ]


def _address(rule: Rule) -> str:
    values: dict[str, Any] = {name: uuid.uuid4() for name in rule.arguments}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = min(converter.items)
    built = rule.build(values, append_unknown=False)
    assert built
    return built[1]


def test_nothing_is_open_by_accident(app: Flask, client: Browser) -> None:
    rules = _guarded(app)
    assert len(rules) > 15
    for rule in rules:
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(_address(rule), method=method)
            assert answer.status_code == 303, (rule.rule, method)
            assert answer.location.startswith("/sign-in"), (rule.rule, method)


def test_the_desk_knows_neither_strangers_nor_customers(app: Flask, client: Browser, alice: Person) -> None:
    rules = _of_desk(app)
    assert len(rules) > 8
    for browser in (client, alice.client):
        for rule in rules:
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = browser.open(_address(rule), method=method)
                assert (answer.status_code, answer.location) == (303, "/desk/sign-in"), (rule.rule, method)


def test_public_views_are_those_on_the_list(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if getattr(view, "is_public", False)}
    assert {name for name in public if not name.startswith("capture.")} == PUBLIC - {"static"}


def test_the_way_back(client: Browser) -> None:
    assert client.get("/profile?tab=2").location == "/sign-in?next=/profile?tab%3D2"
    assert client.post("/sign-out").location == "/sign-in"


def test_htmx_sends_the_whole_page_away(client: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1:8000/leads?q=x"}
    answer = client.get("/profile", headers=headers)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=/leads?q%3Dx")


@pytest.mark.parametrize("address", ["http://evil.example//evil.example", "http://[", "", "javascript:x"])
def test_htmx_with_a_strange_page(client: Browser, address: str) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    assert client.get("/profile", headers=headers).headers["HX-Redirect"] == "/sign-in"


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "x" * 3000, "\xe9" * 43, "../../etc/passwd"])
def test_a_made_up_cookie_opens_nothing(client: Browser, cookie: str) -> None:
    client.set_cookie("leader_session", cookie, domain="127.0.0.1")
    assert client.get("/profile").status_code == 303


def test_an_address_that_does_not_exist(client: Browser, alice: Person) -> None:
    assert client.get("/nowhere").status_code == 404
    assert alice.client.get("/nowhere").status_code == 404


def test_a_viewer_changes_nothing(app: Flask, viewer: Person) -> None:
    for rule in _guarded(app):
        if getattr(app.view_functions[rule.endpoint], "is_own_affair", False):
            continue
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}:
            answer = viewer.client.open(_address(rule), method=method)
            assert answer.status_code == 403, (rule.rule, method)


def test_own_affairs_are_few(app: Flask) -> None:
    own = {name for name, view in app.view_functions.items() if getattr(view, "is_own_affair", False)}
    assert own == {
        "auth.sign_out",
        "auth.correct_profile",
        "auth.change_password",
        "auth.end_session",
        "notifications.read",
        "notifications.read_all",
        "notifications.save_choices",
        "legal.mark_seen",
        "recovery.change_address",
        "team.enter_company",
        "two_step.begin",
        "two_step.renew",
        "two_step.turn_off",
        "two_step.turn_on",
        "recovery.send_confirmation",
    }


@pytest.mark.parametrize(("role", "is_allowed"), [("owner", True), ("admin", True), ("member", False)])
def test_allow_names_the_roles(app: Flask, alice: Person, owner: Owner, role: str, is_allowed: bool) -> None:
    owner.execute("UPDATE members SET role = %s", (role,))
    view = access.allow("owner", "admin")(lambda: "done")
    with _request_of(app, alice):
        if is_allowed:
            assert view() == "done"
        else:
            with pytest.raises(Forbidden):
                view()


def test_who_acts(app: Flask, alice: Person) -> None:
    with _request_of(app, alice):
        assert access.actor() == Actor(alice.user_id, "Alice")


def test_the_person_is_found_with_one_statement(app: Flask, alice: Person, statements: Statements) -> None:
    with _request_of(app, alice):
        assert current_user.company_id == alice.company_id
        assert current_user.company_name == alice.company_name
        assert company_of(db.session()) == alice.company_id
        assert db.session().scalar(select(Company.name)) == alice.company_name
    assert len(statements) == 2, statements


def test_a_page_that_serves_another_company_knows_nobody(app: Flask, alice: Person, bob: Person) -> None:
    """As a form of Bob's does when Alice, who is signed in, opens it."""
    with _request_of(app, alice):
        serve(db.session(), bob.company_id)
        assert not current_user.is_authenticated
        assert db.session().scalar(select(Company.name)) == bob.company_name


def _request_of(app: Flask, person: Person) -> RequestContext:
    cookie = f"leader_session={person.client.cookie('leader_session')}"
    return app.test_request_context(base_url=BASE_URL, headers={"Cookie": cookie})
