"""What people correct about themselves, and where they are signed in."""

import uuid

import pytest
from flask import Flask

from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import PASSWORD, Person

NEW = "nine loud meadow kettles"


def _second_browser(app: Flask, person: Person) -> Browser:
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.post("/sign-in", data={"email": person.email, "password": person.password})
    assert browser.get("/profile").status_code == 200
    return browser


def test_name_and_role_can_be_corrected(alice: Person) -> None:
    data = {"name": "Alice  O'Hara", "job_title": "Managing director"}
    assert alice.client.post("/profile", data=data).location == "/profile"
    page = alice.client.get("/profile").text
    assert "Your profile is saved." in page
    assert "Alice O&#39;Hara" in page and "Managing director" in page


@pytest.mark.parametrize("data", [{}, {"name": "", "job_title": "x"}, {"name": "x" * 101, "job_title": "x"}])
def test_a_bad_correction_changes_nothing(alice: Person, owner: Owner, data: dict[str, str]) -> None:
    assert alice.client.post("/profile", data=data).status_code == 422
    assert owner.execute("SELECT name FROM users").fetchone() == ("Alice",)


def test_a_new_password_ends_every_other_session(app: Flask, alice: Person, owner: Owner) -> None:
    other, old = _second_browser(app, alice), alice.client.cookie("leader_session")
    answer = alice.client.post("/profile/password", data={"current": PASSWORD, "new": NEW})
    assert answer.location == "/profile"
    assert "Your password is changed." in alice.client.get("/profile").text
    assert alice.client.cookie("leader_session") != old
    assert other.get("/profile").status_code == 303
    other.set_cookie("leader_session", old or "", domain="127.0.0.1")
    assert other.get("/profile").status_code == 303
    for password, status in ((PASSWORD, 422), (NEW, 303)):
        assert other.post("/sign-in", data={"email": alice.email, "password": password}).status_code == status
    assert owner.execute("SELECT count(*) FROM events WHERE type = 'user.password_changed'").fetchone() == (1,)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"current": "wrong horse", "new": NEW}, "This is not your password."),
        ({"current": PASSWORD, "new": "short"}, "at least 10"),
        ({"current": PASSWORD, "new": "alice@example.com"}, "easy to guess"),
        ({"current": "", "new": NEW}, "Enter your current password."),
    ],
)
def test_a_password_that_is_not_changed(app: Flask, alice: Person, data: dict[str, str], words: str) -> None:
    other = _second_browser(app, alice)
    answer = alice.client.post("/profile/password", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Owner" in answer.text
    assert other.get("/profile").status_code == 200


def test_the_current_password_cannot_be_tried_forever(alice: Person) -> None:
    data = {"current": "wrong horse", "new": NEW}
    answers = [alice.client.post("/profile/password", data=data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_the_list_of_sessions_and_ending_one(app: Flask, alice: Person, owner: Owner) -> None:
    other = _second_browser(app, alice)
    page = alice.client.get("/profile").text
    assert page.count("This browser") == 1
    assert page.count("End this session") == 1
    row = owner.execute("SELECT id FROM sign_in_sessions ORDER BY id DESC LIMIT 1").fetchone()
    assert row
    assert f"/profile/sessions/{row[0]}/end" in page
    assert alice.client.post(f"/profile/sessions/{row[0]}/end").location == "/profile"
    assert other.get("/profile").status_code == 303
    assert alice.client.post(f"/profile/sessions/{row[0]}/end").status_code == 404


def test_nobody_ends_the_session_of_another(alice: Person, charlie: Person, owner: Owner) -> None:
    row = owner.execute("SELECT id FROM sign_in_sessions WHERE user_id = %s", (alice.user_id,)).fetchone()
    assert row
    assert charlie.client.post(f"/profile/sessions/{row[0]}/end").status_code == 404
    assert charlie.client.post(f"/profile/sessions/{uuid.uuid4()}/end").status_code == 404
    assert alice.client.get("/profile").status_code == 200


def test_of_two_members_each_has_their_own(alice: Person, bob: Person, owner: Owner) -> None:
    """Bob joins Alice's company: he can end none of her sessions there."""
    owner.execute("DELETE FROM notification_choices WHERE user_id = %s", (bob.user_id,))
    owner.execute("UPDATE members SET company_id = %s WHERE user_id = %s", (alice.company_id, bob.user_id))
    owner.execute("UPDATE sign_in_sessions SET company_id = %s WHERE user_id = %s", (alice.company_id, bob.user_id))
    row = owner.execute("SELECT id FROM sign_in_sessions WHERE user_id = %s", (alice.user_id,)).fetchone()
    assert row
    page = bob.client.get("/profile").text
    assert alice.company_name in page.replace("&#39;", "'")
    assert str(row[0]) not in page
    assert bob.client.post(f"/profile/sessions/{row[0]}/end").status_code == 404
    assert alice.client.get("/profile").status_code == 200


def test_a_viewer_corrects_their_own(viewer: Person) -> None:
    assert viewer.client.post("/profile", data={"name": "Vera V", "job_title": "Clerk"}).status_code == 303
    assert viewer.client.post("/profile/password", data={"current": PASSWORD, "new": NEW}).status_code == 303


def test_a_visit_is_noted_every_five_minutes(alice: Person, owner: Owner) -> None:
    def last_seen() -> object:
        row = owner.execute("SELECT last_seen_at FROM sign_in_sessions").fetchone()
        return row and row[0]

    before = last_seen()
    alice.client.get("/profile")
    assert last_seen() == before
    owner.execute("UPDATE sign_in_sessions SET last_seen_at = now() - interval '6 minutes'")
    stale = last_seen()
    assert "just now" in alice.client.get("/profile").text
    assert last_seen() != stale


def test_a_language_that_was_chosen_holds_on_every_page_from_then_on(alice: Person) -> None:
    answer = alice.client.post("/profile", data={"name": "Alice", "job_title": "Owner", "language": "ar"})
    assert answer.status_code == 303
    page = alice.client.get("/profile", headers={"Accept-Language": "en"}).text
    assert '<html lang="ar" dir="rtl">' in page
    assert "تم حفظ ملفك الشخصي." in page
    alice.client.delete_cookie("leader_session", domain="127.0.0.1")
    assert '<html lang="ar" dir="rtl">' in alice.client.get("/sign-in").text


def test_only_languages_that_there_are_can_be_chosen(alice: Person) -> None:
    answer = alice.client.post("/profile", data={"name": "Alice", "job_title": "Owner", "language": "tlh"})
    assert answer.status_code == 422
