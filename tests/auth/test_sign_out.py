"""Signing out ends the session on the server, not only in the browser."""

from tests.fixtures.people import Person


def test_the_old_cookie_is_dead(alice: Person) -> None:
    token = alice.client.cookie("leader_session")
    assert alice.client.get("/profile").status_code == 200
    answer = alice.client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert alice.client.cookie("leader_session") is None
    assert "You are signed out." in alice.client.get("/sign-in").text
    alice.client.set_cookie("leader_session", token or "", domain="127.0.0.1")
    assert alice.client.get("/profile").location == "/sign-in?next=/profile"


def test_the_browser_is_told_to_forget(alice: Person) -> None:
    assert alice.client.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'


def test_pages_are_never_stored(alice: Person) -> None:
    assert alice.client.get("/profile").headers["Cache-Control"] == "no-store"


def test_not_by_a_link(alice: Person) -> None:
    assert alice.client.get("/sign-out").status_code == 405
    assert alice.client.post("/sign-out", csrf=False).status_code == 400
    assert alice.client.get("/profile").status_code == 200


def test_a_viewer_can_sign_out(viewer: Person) -> None:
    assert viewer.client.post("/sign-out").location == "/sign-in"
    assert viewer.client.get("/profile").status_code == 303
