"""A request on its way: from the public page by mail to the desk, and back to the person."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import tenancy
from app.core.events import Actor
from app.privacy_requests import gates, jobs, requests
from app.privacy_requests.models import PrivacyRequest
from tests.capture.conftest import Site, fresh_address, site
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

__all__ = ["site"]

ASK = {"kind": "erase", "name": "Wren Quill", "email": "wren@canary.example", "phone": "", "message": "All of it."}
ALICE = Actor(None, "Alice")


def _ask(site: Site, **changes: str):  # type: ignore[no-untyped-def]
    stranger = site.stranger(fresh_address())
    return stranger, stranger.post(f"/privacy/request/{site.key}", data=ASK | changes)


def _confirmed(site: Site, mailbox: Mailbox, **changes: str) -> uuid.UUID:
    stranger, _ = _ask(site, **changes)
    path = mailbox.to(changes.get("email", ASK["email"]))[0].path("/privacy/requests/")
    assert stranger.post(f"{path}/confirmation").status_code == 303
    row = site.owner.execute("SELECT id FROM privacy_requests ORDER BY received_at DESC LIMIT 1").fetchone()
    assert row is not None
    return uuid.UUID(str(row[0]))


def test_a_request_reaches_the_desk_once_the_address_is_confirmed(site: Site, mailbox: Mailbox, alice: Person) -> None:
    stranger, answer = _ask(site)
    assert answer.status_code == 200 and "Look into your mail" in answer.text
    assert "Nobody waits for an answer" in alice.client.get("/settings/privacy-requests").text
    path = mailbox.the_one("wren@canary.example").path("/privacy/requests/")
    assert "Yes, this is my request" in stranger.get(path).text
    assert mailbox.to(alice.email) == [], "nothing before it is confirmed"
    stranger.post(f"{path}/confirmation")
    stranger.post(f"{path}/confirmation")
    assert "Being looked at" in stranger.get(path).text
    assert "Wren Quill" in alice.client.get("/settings/privacy-requests").text
    assert "answer by" in mailbox.the_one(alice.email).subject


def test_two_clicks_at_once_confirm_once(
    site: Site, mailbox: Mailbox, alice: Person, owner: Owner, new_session: NewSession
) -> None:
    """Both opened the link while nothing was confirmed."""
    _ask(site)
    row = owner.execute("SELECT id FROM privacy_requests").fetchone()
    assert row is not None
    sessions = [new_session(), new_session()]
    for session in sessions:
        tenancy.serve(session, alice.company_id)
        assert session.get_one(PrivacyRequest, (alice.company_id, row[0])).state == "unconfirmed"

    def click(session: Session) -> bool:
        is_first = requests.confirm(session, session.get_one(PrivacyRequest, (alice.company_id, row[0])))
        session.commit()
        return is_first

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(click, sessions)) == [False, True]
    assert owner.execute("SELECT count(*) FROM events WHERE type = 'privacy.requested'").fetchone() == (1,)
    assert owner.execute("SELECT kind FROM privacy_request_entries ORDER BY id").fetchall() == [
        ("received",),
        ("confirmed",),
    ]
    assert len(mailbox.to(alice.email)) == 1


def test_the_answer_goes_out_by_mail_and_ends_it(site: Site, mailbox: Mailbox, alice: Person) -> None:
    site.send({"fields": {"name": "Wren", "email": "WREN@canary.example"}})
    request_id = _confirmed(site, mailbox)
    address = f"/settings/privacy-requests/{request_id}"
    page = alice.client.get(address).text
    assert "/pack" in page and "/erasure" in page and "All of it." in page
    assert alice.client.post(f"{address}/answer", data={"text": " "}).status_code == 422
    assert (
        alice.client.post(f"{address}/answer", data={"text": "It is\ngone.", "outcome": "answered"}).status_code == 303
    )
    assert "It is" in mailbox.to("wren@canary.example")[0].text
    assert alice.client.post(f"{address}/answer", data={"text": "Again"}).status_code == 409
    assert "The answer was sent · Alice" in alice.client.get(address).text


def test_a_refusal_tells_of_the_right_to_complain(site: Site, mailbox: Mailbox, alice: Person) -> None:
    request_id = _confirmed(site, mailbox)
    alice.client.post(
        f"/settings/privacy-requests/{request_id}/answer", data={"text": "We must keep bills.", "outcome": "refused"}
    )
    assert "complain" in mailbox.to("wren@canary.example")[0].text


def test_extending_moves_the_date_once(site: Site, mailbox: Mailbox, alice: Person, owner: Owner) -> None:
    request_id = _confirmed(site, mailbox)
    address = f"/settings/privacy-requests/{request_id}/extension"
    before = _due(owner)
    assert alice.client.post(address, data={"text": "Many records."}).status_code == 303
    assert _due(owner) > before + timedelta(days=50)
    assert alice.client.post(address, data={"text": "Still many."}).status_code == 422
    assert "more time" in mailbox.to("wren@canary.example")[0].text


def test_it_is_too_late_to_extend_after_the_date(site: Site, mailbox: Mailbox, alice: Person, owner: Owner) -> None:
    request_id = _confirmed(site, mailbox)
    owner.execute("UPDATE privacy_requests SET received_at = received_at - interval '60 days'")
    answer = alice.client.post(f"/settings/privacy-requests/{request_id}/extension", data={"text": "Much to do."})
    assert answer.status_code == 422 and "too late" in answer.text


def test_the_clock_waits_for_the_person(site: Site, mailbox: Mailbox, alice: Person, owner: Owner) -> None:
    request_id = _confirmed(site, mailbox)
    address = f"/settings/privacy-requests/{request_id}"
    before = _due(owner)
    alice.client.post(f"{address}/question", data={"text": "Which address did you live at?"})
    assert "The clock waits" in alice.client.get(address).text
    owner.execute("UPDATE privacy_requests SET paused_on = paused_on - 10")
    alice.client.post(f"{address}/resumption")
    assert before + timedelta(days=10) <= _due(owner) <= before + timedelta(days=15)


def _due(owner: Owner) -> date:
    row = owner.execute("SELECT due_on FROM privacy_requests").fetchone()
    assert row is not None and isinstance(row[0], date)
    return row[0]


def test_nobody_is_bombed_with_mail(site: Site, mailbox: Mailbox) -> None:
    for _ in range(5):
        _, answer = _ask(site)
        assert answer.status_code == 200, "the answer is always the same"
    assert len(mailbox.to("wren@canary.example")) == requests.MOST_A_DAY


@pytest.mark.parametrize(
    "wrong", [{"email": "nobody"}, {"kind": "steal"}, {"name": ""}, {"message": "x" * 5_001}, {"email": "a@b.c" * 99}]
)
def test_a_bad_form_comes_back_as_it_was(site: Site, wrong: dict[str, str]) -> None:
    _, answer = _ask(site, **wrong)
    assert answer.status_code == 422


def test_machines_fall_into_the_trap(site: Site, owner: Owner) -> None:
    _, answer = _ask(site, website="http://spam.example")
    assert answer.status_code == 200
    assert owner.execute("SELECT count(*) FROM privacy_requests").fetchone() == (0,)


def test_the_desk_is_the_companys_own(
    site: Site, mailbox: Mailbox, charlie: Person, alice: Person, owner: Owner
) -> None:
    request_id = _confirmed(site, mailbox)
    address = f"/settings/privacy-requests/{request_id}"
    assert charlie.client.get(address).status_code == 404
    assert charlie.client.post(f"{address}/answer", data={"text": "No."}).status_code == 404
    assert "Wren" not in charlie.client.get("/settings/privacy-requests").text
    owner.execute("UPDATE members SET role = 'member' WHERE user_id = %s", (alice.user_id,))
    assert alice.client.get(address).status_code == 403


def test_unknown_addresses_are_not_found(site: Site) -> None:
    stranger = site.stranger(fresh_address())
    assert stranger.get("/privacy/request/" + "0" * 32).status_code == 404
    assert stranger.get("/privacy/requests/guess").status_code == 404
    assert stranger.post("/privacy/requests/guess/confirmation").status_code == 404


def test_a_switched_off_website_still_takes_requests(site: Site, owner: Owner) -> None:
    owner.execute("UPDATE capture_sources SET is_active = false")
    assert site.stranger(fresh_address()).get(f"/privacy/request/{site.key}").status_code == 200


def test_somebody_signed_in_elsewhere_can_ask_too(site: Site, bob: Person) -> None:
    assert bob.client.post(f"/privacy/request/{site.key}", data=ASK).status_code == 200


def test_the_hosted_form_leads_there(site: Site) -> None:
    page = site.stranger(fresh_address()).get(f"/f/{site.key}").text
    assert f"/privacy/request/{site.key}" in page


def test_old_requests_go(site: Site, owner: Owner, new_session: NewSession, mailbox: Mailbox) -> None:
    _ask(site)
    settled = _confirmed(site, mailbox, email="other@canary.example")
    with new_session() as session:
        tenancy.serve(session, site.person.company_id)
        requests.settle(session, settled, "Done.", is_refused=False, actor=ALICE)
        session.commit()
    owner.execute("UPDATE privacy_requests SET received_at = now() - interval '31 days' WHERE state = 'unconfirmed'")
    with site.person.client.application.app_context():
        jobs.purge()
    assert owner.execute("SELECT id FROM privacy_requests").fetchall() == [(settled,)]
    owner.execute("UPDATE privacy_requests SET settled_at = now() - interval '1096 days'")
    with new_session() as session:
        assert gates.purge(session) == 1


def test_the_link_is_kept_as_a_hash_only(site: Site, owner: Owner, mailbox: Mailbox) -> None:
    _ask(site)
    path = mailbox.the_one("wren@canary.example").path("/privacy/requests/")
    token = re.split("/", path)[-1]
    rows = owner.execute("SELECT to_jsonb(r)::text FROM privacy_requests r").fetchall()
    assert token not in str(rows)
    assert PrivacyRequest.__table__.c.token_hash.info


@pytest.mark.parametrize("key", ["%00", "x", "0" * 32, "%EF%BF%BD" * 32])
def test_an_address_that_is_nobodys_is_not_there(site: Site, key: str) -> None:
    assert site.stranger(fresh_address()).get(f"/privacy/request/{key}").status_code == 404


def test_a_closed_company_takes_no_requests(site: Site) -> None:
    site.owner.execute("UPDATE companies SET closed_at = now(), erase_at = now() + interval '30 days'")
    _, answer = _ask(site)
    assert answer.status_code == 404
    assert site.owner.execute("SELECT count(*) FROM privacy_requests").fetchone() == (0,)


def test_no_stranger_writes_to_anybody_through_us(site: Site, mailbox: Mailbox) -> None:
    _ask(site, name="Win a phone", message="Go to spam.example")
    letter = mailbox.the_one(ASK["email"])
    for text in (letter.subject, letter.text, letter.html):
        assert "Win a phone" not in text and "spam.example" not in text
