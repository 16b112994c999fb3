"""The archive holds everything of the company, nothing of others, no secret, and nothing that a spreadsheet runs."""

import csv
import hashlib
import io
import json
from collections.abc import Callable

from flask import Flask

from app.core.signing import is_signed, signer
from app.exports.contents import sheets
from tests.exports.conftest import CANARY, HOSTILE, Opened
from tests.fixtures.application import Owner
from tests.fixtures.people import Person

Export = Callable[[Person], Opened]
Furnish = Callable[[Person], None]


def _counts(owner: Owner, person: Person) -> dict[str, int]:
    counts = {}
    for sheet in sheets():
        condition = {
            "companies": "id = %s",
            "users": "id IN (SELECT user_id FROM members WHERE company_id = %s)",
        }.get(sheet.name, "company_id = %s")
        query = f"SELECT count(*) FROM {sheet.name} WHERE {condition}"  # noqa: S608 - our own names
        row = owner.execute(query, (person.company_id,)).fetchone()
        assert row
        counts[sheet.name] = int(str(row[0]))
    return counts


def test_nothing_is_missing_and_nothing_is_foreign(
    alice: Person, bob: Person, furnish: Furnish, export: Export, owner: Owner
) -> None:
    furnish(alice)
    furnish(bob)
    expected = _counts(owner, alice)
    opened = export(alice)
    held = {sheet.name: len(opened.rows(sheet.name)) for sheet in sheets()}
    # Asking, finishing and writing about it leave their own traces after the snapshot or just before it.
    for log in ("events", "security_entries"):
        assert expected[log] <= held.pop(log) <= expected.pop(log) + 1
    assert held == expected
    assert held["leads"] > 20
    assert held["receipt_entries"] == 1
    text = "".join(opened.text(f"data/{sheet.name}.jsonl") for sheet in sheets())
    assert str(bob.company_id) not in text
    assert bob.email not in text
    assert alice.email in text


def test_values_come_out_as_they_are(alice: Person, furnish: Furnish, export: Export) -> None:
    furnish(alice)
    opened = export(alice)
    assert {lead["message"] for lead in opened.rows("leads")} >= set(HOSTILE)
    (upload,) = opened.rows("conversion_uploads")
    assert upload["payload"] == {"value": 1.5, "note": "é=\\"}


def test_no_secret_leaves(alice: Person, furnish: Furnish, export: Export, owner: Owner) -> None:
    furnish(alice)
    row = owner.execute("SELECT password_hash FROM users WHERE id = %s", (alice.user_id,)).fetchone()
    assert row
    opened = export(alice)
    everything = b"".join(opened.zip.read(name) for name in opened.zip.namelist())
    for secret in (CANARY, str(row[0]), "argon2", "wrapped_key", "token_hash"):
        assert secret.encode() not in everything


def test_samples_stay_here(alice: Person, furnish: Furnish, export: Export, owner: Owner) -> None:
    furnish(alice)
    owner.execute(
        "UPDATE leads SET is_demo = true WHERE name <> 'Hannah Clarke' AND company_id = %s", (alice.company_id,)
    )
    owner.execute("UPDATE leads SET is_demo = (name <> '-1') WHERE company_id = %s", (alice.company_id,))
    opened = export(alice)
    assert [lead["name"] for lead in opened.rows("leads")] == ["-1"]
    for table in ("touchpoints", "notes", "consents", "conversion_uploads", "receipt_entries", "stage_changes"):
        assert opened.rows(table) == [], table
    assert not [event for event in opened.rows("events") if event["lead_id"]]


def test_a_spreadsheet_runs_nothing(alice: Person, furnish: Furnish, export: Export) -> None:
    furnish(alice)
    opened = export(alice)
    for sheet in sheets():
        content = opened.text(f"data/{sheet.name}.csv")
        heading, *rows = csv.reader(io.StringIO(content, newline=""))
        assert heading == [column.name for column in sheet.columns]
        assert len(rows) == len(opened.rows(sheet.name))
        assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")]
    assert content.endswith("\r\n")


def test_the_manifest_is_signed_and_fits(alice: Person, furnish: Furnish, export: Export, app: Flask) -> None:
    furnish(alice)
    opened = export(alice)
    document = opened.zip.read("manifest.json")
    key = alice.client.get("/.well-known/leader-export-key").text.strip()
    assert key == signer(app.extensions["leader"].settings).public_key
    assert is_signed("export archive", document, opened.text("manifest.sig"), key)
    assert not is_signed("certificate", document, opened.text("manifest.sig"), key)
    said = json.loads(document)
    assert [entry["name"] for entry in said["files"]] == opened.zip.namelist()[:-2]
    for entry in said["files"]:
        content = opened.zip.read(entry["name"])
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert said["tables"]["leads"]["rows"] == len(opened.rows("leads"))


def test_it_speaks_the_companys_language(alice: Person, export: Export, owner: Owner) -> None:
    owner.execute("UPDATE companies SET language = 'ar'")
    page = export(alice).text("index.html")
    assert '<html lang="ar" dir="rtl">' in page


def test_the_readme_explains_each_column(alice: Person, export: Export) -> None:
    readme = export(alice).text("README.txt")
    for sheet in sheets():
        assert f"## {sheet.name}" in readme
        assert all(column.name in readme for column in sheet.columns)
