"""Incineration: everything of one company, nothing of another, whatever happens on the way."""

import io
import json
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core import tenancy
from app.core.db import db
from app.core.services import services
from app.core.signing import Signer
from app.leads.models import Lead
from app.privacy import certificates, gates, incineration
from tests.conversions.conftest import Desk
from tests.fixtures.application import NewSession, Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person
from tests.privacy.conftest import CountRows, closed

Act = Callable[[], None]


def certificate_id(owner: Owner) -> uuid.UUID:
    row = owner.execute("SELECT certificate_id FROM companies WHERE closed_at IS NOT NULL").fetchone()
    assert row
    return uuid.UUID(str(row[0]))


def test_everything_of_the_company_goes_and_nothing_of_others(
    full_desk: Desk,
    bob: Person,
    owner: Owner,
    count_rows: CountRows,
    let_thirty_days_pass: Act,
    incinerate: Act,
    client: Browser,
) -> None:
    alice = full_desk.office.person
    theirs = count_rows(bob.company_id)
    closed(alice)
    number, before = certificate_id(owner), count_rows(alice.company_id)
    incinerate()
    assert count_rows(alice.company_id) == before  # the thirty days are not over
    let_thirty_days_pass()
    incinerate()
    assert count_rows(alice.company_id) == {}
    assert count_rows(bob.company_id) == theirs
    assert owner.execute("SELECT count(*) FROM users WHERE email = %s", (alice.email,)).fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM companies WHERE id = %s", (alice.company_id,)).fetchone() == (0,)
    content = client.get(f"/certificates/{number}.json").json
    assert content
    assert content["certificate"]["deleted"]["database"] == {**before, "users": 1, "companies": 1}
    assert owner.execute("SELECT kind FROM erasure_ledger WHERE subject_id = %s", (alice.company_id,)).fetchall() == [
        ("company",)
    ]
    assert owner.execute("SELECT company_id_until_done FROM deletion_certificates").fetchall()[-1] == (None,)


def test_a_crash_after_every_single_step_loses_and_doubles_nothing(
    full_desk: Desk, app: Flask, owner: Owner, count_rows: CountRows, let_thirty_days_pass: Act, client: Browser
) -> None:
    """Each run does one step, and dies in the middle of the next."""
    alice = full_desk.office.person
    closed(alice)
    number, before = certificate_id(owner), count_rows(alice.company_id)
    let_thirty_days_pass()
    for _ in range(sum(before.values()) + 20):
        with app.app_context():
            tenancy.serve(db.session(), alice.company_id)
            work = incineration.steps(db.session(), services(), batch=5)
            begun, done = next(work), next(work)
            assert begun == "begun"
            db.session.commit()
            if done == "ended":
                break
            next(work)
            db.session.rollback()
    else:
        pytest.fail("it never comes to an end")
    assert count_rows(alice.company_id) == {}
    content = client.get(f"/certificates/{number}.json").json
    assert content
    assert content["certificate"]["deleted"]["database"] == {**before, "users": 1, "companies": 1}


def test_somebody_who_belongs_to_another_company_stays(
    alice: Person, bob: Person, owner: Owner, let_thirty_days_pass: Act, incinerate: Act
) -> None:
    owner.execute(
        "INSERT INTO members (company_id, id, user_id, role, job_title, created_at)"
        " SELECT company_id, gen_random_uuid(), %s, 'admin', '', now() FROM members WHERE user_id = %s",
        (bob.user_id, alice.user_id),
    )
    closed(alice)
    let_thirty_days_pass()
    incinerate()
    assert bob.client.get("/leads").status_code == 200
    left = owner.execute("SELECT email FROM users").fetchall()
    assert left == [(bob.email,)]


def test_nothing_that_comes_late_brings_it_back(
    alice: Person, owner: Owner, new_session: NewSession, let_thirty_days_pass: Act, incinerate: Act, client: Browser
) -> None:
    row = owner.execute("SELECT s.site_key, t.id FROM capture_sources s, stages t").fetchone()
    assert row
    late = new_session()
    tenancy.serve(late, alice.company_id)
    closed(alice)
    let_thirty_days_pass()
    incinerate()
    assert client.post(f"/c/{row[0]}", json={"fields": {"email": "late@example.org"}}, csrf=False).status_code == 404
    late.add(Lead(stage_id=uuid.UUID(str(row[1])), currency="GBP"))
    with pytest.raises(IntegrityError):
        late.flush()


def test_the_database_itself_refuses_to_erase_an_open_account(alice: Person, new_session: NewSession) -> None:
    session = new_session()
    tenancy.serve(session, alice.company_id)
    for attempt in (
        lambda: gates.incinerate_rows(session, "leads", 10),
        lambda: gates.incinerate_members(session, 10),
        lambda: gates.incinerate_company(session),
    ):
        with pytest.raises(DBAPIError, match="not to be erased"):
            attempt()
        session.rollback()


def test_what_valkey_knows_of_the_company_goes_too(
    alice: Person, app: Flask, let_thirty_days_pass: Act, incinerate: Act
) -> None:
    bell = app.extensions["leader"].bell
    bell.ring("default", "app.connections.jobs.read_accounts", str(alice.company_id), str(uuid.uuid4()))
    closed(alice)
    let_thirty_days_pass()
    incinerate()
    for key in bell.connection.scan_iter():
        assert str(alice.company_id).encode() not in key
        if bell.connection.type(key) == b"hash":
            assert str(alice.company_id).encode() not in b" ".join(bell.connection.hvals(key))


def test_certificates_are_checked_on_a_public_page(
    alice: Person, owner: Owner, let_thirty_days_pass: Act, incinerate: Act, client: Browser
) -> None:
    closed(alice)
    number = certificate_id(owner)
    assert client.get(f"/certificates/{number}").status_code == 404
    let_thirty_days_pass()
    incinerate()
    page = client.get(f"/certificates/{number}")
    assert page.status_code == 200
    file = client.get(f"/certificates/{number}.json").json
    assert file
    assert file["public_key"] in client.get("/.well-known/leader-certificate-keys").get_json()["keys"]
    for secret in (alice.email, alice.name, alice.company_name, str(alice.company_id), str(alice.user_id)):
        assert secret not in json.dumps(file)
        assert secret not in page.text

    def check(content: object) -> tuple[int, str]:
        data = {"certificate": (io.BytesIO(json.dumps(content).encode()), "certificate.json")}
        answer = client.post("/certificates", data=data, content_type="multipart/form-data")
        return answer.status_code, answer.text

    status, text = check(file)
    assert (status, "This certificate is genuine" in text) == (200, True)
    changed = json.loads(json.dumps(file))
    changed["certificate"]["deleted"]["database"]["leads"] = 7
    status, text = check(changed)
    assert (status, "This certificate is genuine" in text, "was changed" in text) == (200, False, True)


@pytest.mark.parametrize(
    "content", ["", "no JSON", "[]", "{}", '{"certificate": 1, "signature": 2, "public_key": 3}', "[" * 15_000]
)
def test_what_is_no_certificate_is_refused_kindly(client: Browser, content: str) -> None:
    data = {"certificate": (io.BytesIO(content.encode()), "x.json")}
    answer = client.post("/certificates", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "This is not a deletion certificate" in answer.text


def test_a_certificate_signed_by_somebody_else_is_no_certificate(client: Browser) -> None:
    forger = Signer(b"another secret of just 32 bytes.")
    content = {"number": "1", "deleted": {}}
    forged = {
        "certificate": content,
        "signature": forger.sign(certificates.PURPOSE, certificates.canonical(content)),
        "public_key": forger.public_key,
    }
    data = {"certificate": (io.BytesIO(json.dumps(forged).encode()), "x.json")}
    assert "Somebody else signed" in client.post("/certificates", data=data, content_type="multipart/form-data").text
