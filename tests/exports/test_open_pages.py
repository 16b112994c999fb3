"""Checking an archive, the public key, what is kept for how long, and what Leader holds about a member."""

import io
from collections.abc import Callable

import pytest

from app.core.data_words import KEEPS, PURPOSES
from tests.exports.conftest import Opened
from tests.fixtures.application import Owner
from tests.fixtures.browser import Browser
from tests.fixtures.people import Person

Export = Callable[[Person], Opened]


def _send(client: Browser, **files: bytes) -> tuple[int, str]:
    data = {name: (io.BytesIO(content), f"{name}.bin") for name, content in files.items()}
    answer = client.post("/verify-export", data=data)
    return answer.status_code, answer.text


def test_anybody_can_check_an_archive(alice: Person, export: Export, client: Browser) -> None:
    opened = export(alice)
    status, page = _send(client, archive=opened.content)
    assert status == 200
    assert "Unchanged" in page
    assert "Alice&#39;s Awnings" in page
    manifest, signature = opened.zip.read("manifest.json"), opened.zip.read("manifest.sig")
    assert _send(client, manifest=manifest, signature=signature)[0] == 200


def test_it_may_be_larger_than_other_forms(client: Browser) -> None:
    status, page = _send(client, archive=b"\x00" * 1_000_000)
    assert status == 422
    assert "Not as Leader made it" in page


@pytest.mark.parametrize("content", [b"", b"PK", b"\x00" * 1000, b"PK\x05\x06" + b"\x00" * 18])
def test_what_is_no_archive_is_said_to_be_none(client: Browser, content: bytes) -> None:
    status, page = _send(client, archive=content)
    assert status == 422
    assert "Not as Leader made it" in page


def test_what_was_changed_is_refused(alice: Person, export: Export, client: Browser) -> None:
    opened = export(alice)
    manifest, signature = opened.zip.read("manifest.json"), opened.zip.read("manifest.sig")
    assert _send(client, manifest=manifest + b" ", signature=signature)[0] == 422
    assert _send(client, manifest=manifest, signature=b"\xff\x00")[0] == 422
    assert _send(client, manifest=manifest)[0] == 422
    assert _send(client)[0] == 422
    inside = opened.zip.getinfo("README.txt").header_offset + 30 + len("README.txt") + 200
    changed = opened.content[:inside] + bytes([opened.content[inside] ^ 1]) + opened.content[inside + 1 :]
    assert _send(client, archive=changed)[0] == 422


def test_the_tables_of_the_policy_come_from_the_map(client: Browser, alice: Person) -> None:
    page = client.get("/privacy/data").text
    for words in (PURPOSES["leads"], PURPOSES["attribution"], KEEPS["sign_in"].words):
        assert str(words) in page
    record = alice.client.get("/settings/data/record")
    assert "Article 30" in record.text
    assert "Alice&#39;s Awnings decides" in record.text


def test_a_member_sees_what_is_held_about_them_and_nobody_else(alice: Person, bob: Person, owner: Owner) -> None:
    alice.client.post("/profile", data={"name": "Alice B.", "job_title": "=Chief"})
    held = alice.client.get("/settings/data/mine.json").json
    assert held
    assert held["users"]["rows"][0]["email"] == alice.email
    assert held["members"]["rows"][0]["job_title"] == "=Chief"
    assert held["sign_in_sessions"]["rows"][0]["user_agent"] == "Firefox/140 Windows"
    alice.client.post("/settings/data/exports")
    held = alice.client.get("/settings/data/mine.json")
    assert "export.asked" in held.text
    row = owner.execute("SELECT password_hash FROM users WHERE id = %s", (alice.user_id,)).fetchone()
    assert row
    for secret in (str(row[0]), "token_hash", bob.email, str(bob.user_id)):
        assert secret not in held.text
    page = alice.client.get("/settings/data/mine")
    assert page.status_code == 200
    assert alice.email in page.text
