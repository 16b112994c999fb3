"""Signing out ends the session on the server, not only in the browser."""

from tests.fixtures.people import Person


def test_the_old_cookie_is_dead_after_sign_out(alice: Person) -> None:
    token = alice.client.cookie("leader_session")
    assert alice.client.get("/profile").status_code == 200
    answer = alice.client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert alice.client.cookie("leader_session") is None
    assert '"storage"' in answer.headers["Clear-Site-Data"]
    alice.client.set_cookie("leader_session", token or "", domain="127.0.0.1")
    assert alice.client.get("/profile").location == "/sign-in?next=/profile"
