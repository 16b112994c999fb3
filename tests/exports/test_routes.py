"""Who may ask for, see and download an archive, and what the pages say."""

import re

from tests.exports.conftest import Work, ask, download
from tests.fixtures.application import Owner
from tests.fixtures.mail import Mailbox
from tests.fixtures.people import Person

HTMX = {"HX-Request": "true"}


def _only(owner: Owner) -> dict[str, object]:
    cursor = owner.execute("SELECT * FROM exports")
    (row,) = cursor.fetchall()
    return dict(zip([column.name for column in cursor.description or ()], row, strict=True))


def test_from_asking_to_the_file(alice: Person, work: Work, owner: Owner, mailbox: Mailbox) -> None:
    assert "Export everything" in alice.client.get("/settings/data").text
    ask(alice)
    waiting = alice.client.get("/settings/data", headers=HTMX)
    assert "every 2s" in waiting.text
    assert "<html" not in waiting.text
    work()
    done = alice.client.get("/settings/data", headers=HTMX)
    assert "every 2s" not in done.text
    assert "Download" in done.text
    letter = mailbox.the_one(alice.email)
    assert letter.subject == "Your export is ready"
    assert "/settings/data" in letter.text
    answer = download(alice, owner)
    assert answer.headers["Content-Type"] == "application/zip"
    assert re.fullmatch(r'attachment; filename="leader-[\d-]+\.zip"', answer.headers["Content-Disposition"])
    assert int(answer.headers["Content-Length"]) == len(answer.data) == _only(owner)["size"]
    types = [row[0] for row in owner.execute("SELECT type FROM events WHERE type LIKE 'export.%' ORDER BY id")]
    assert types == ["export.asked", "export.ready", "export.downloaded"]


def test_asking_twice_makes_one(alice: Person, work: Work, owner: Owner) -> None:
    ask(alice)
    ask(alice)
    assert _only(owner)["state"] == "asked"
    for _ in range(2):
        work()
        ask(alice)
    work()
    answer = alice.client.post("/settings/data/exports", follow_redirects=True)
    assert "three exports within a day" in answer.text
    row = owner.execute("SELECT count(*) FROM exports").fetchone()
    assert row == (3,)


def test_a_wrong_password_opens_nothing(alice: Person, work: Work, owner: Owner) -> None:
    ask(alice)
    work()
    for password in ("", "wrong"):
        answer = download(alice, owner, password)
        assert answer.status_code == 422
        assert answer.mimetype == "text/html"
    assert "This is not your password." in answer.text
    assert _only(owner)["downloads"] == 0


def test_three_downloads_a_day(alice: Person, work: Work, owner: Owner) -> None:
    ask(alice)
    work()
    assert [download(alice, owner).status_code for _ in range(4)] == [200, 200, 200, 422]
    owner.execute("UPDATE exports SET downloaded_on = downloaded_on - 1")
    assert download(alice, owner).status_code == 200


def test_strangers_find_nothing(alice: Person, charlie: Person, work: Work, owner: Owner) -> None:
    ask(alice)
    work()
    address = f"/settings/data/exports/{_only(owner)['id']}"
    assert charlie.client.get(address).status_code == 404
    for action in ("download", "deletion"):
        answer = charlie.client.post(f"{address}/{action}", data={"password": charlie.password})
        assert answer.status_code == 404
    assert _only(owner)["state"] == "ready"
    assert alice.email not in charlie.client.get("/settings/data").text


def test_only_those_who_run_the_company_take_it_along(alice: Person, work: Work, owner: Owner) -> None:
    ask(alice)
    work()
    for role in ("viewer", "member"):
        owner.execute("UPDATE members SET role = %s WHERE user_id = %s", (role, alice.user_id))
        page = alice.client.get("/settings/data")
        assert page.status_code == 200
        assert "Export everything" not in page.text
        assert alice.client.post("/settings/data/exports").status_code == 403
        assert alice.client.get("/settings/data/record").status_code == 403
        assert download(alice, owner).status_code == 403
        assert alice.client.get("/settings/data/mine").status_code == 200


def test_an_archive_can_be_deleted_by_hand(alice: Person, work: Work, owner: Owner) -> None:
    ask(alice)
    work()
    address = f"/settings/data/exports/{_only(owner)['id']}"
    assert alice.client.post(f"{address}/deletion").status_code == 303
    row = _only(owner)
    assert (row["state"], row["file_name"], row["sealed_key"]) == ("expired", "", "")
    assert download(alice, owner).status_code == 404
    assert "no archive to download" in alice.client.get(address).text
