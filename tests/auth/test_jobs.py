"""What has expired goes, in every company; what is alive stays."""

from flask import Flask

from app.auth import jobs
from tests.fixtures.application import Owner
from tests.fixtures.people import Person


def test_expired_sessions_go_in_every_company(
    app: Flask, alice: Person, bob: Person, charlie: Person, owner: Owner
) -> None:
    owner.execute(
        "UPDATE sign_in_sessions SET expires_at = now() - interval '1 second' WHERE user_id = ANY(%s)",
        ([alice.user_id, bob.user_id],),
    )
    with app.app_context():
        jobs.purge_expired()
    assert owner.execute("SELECT user_id FROM sign_in_sessions").fetchall() == [(charlie.user_id,)]
    assert charlie.client.get("/profile").status_code == 200
